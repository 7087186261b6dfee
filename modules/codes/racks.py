"""7xx: what stands in the racks of a datacentre, and whether it carries the cloud."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "E744",
        "Two machines in one place of a rack",
        "Twee machines op dezelfde plaats in een rek",
        "A unit of a rack holds one machine. Several alike stand above each other, from `position` upwards.",
        "Give the second a place above the first, or another rack.",
    ),
    Rule(
        "E745",
        "A machine above the top of its rack",
        "Machine boven de top van het rek",
        "The highest unit that a machine takes is at most the rack's height, 42 when nobody writes it.",
        "Place it lower, deal several alike over more racks, or correct the height.",
    ),
    Rule(
        "E746",
        "Two addresses of the cloud",
        "Twee adressen van de cloud",
        "The cloud is one, with its datacentres as availability zones, and is reached at one address.",
        "Keep `vip` at one datacentre.",
    ),
    Rule(
        "E747",
        "A power feed that carries too much",
        "Voeding die te veel draagt",
        "Machines draw the same from each of their feeds, at most what `watts` says. More than the feed carries trips"
        " its breaker.",
        "Hang less on the feed, or deal hosts over more racks.",
    ),
    Rule(
        "W748",
        "A power feed that cannot stand in for the other side",
        "Voeding die de andere zijde niet kan opvangen",
        "When one side has no power, machines with two feeds draw all from the other. Where that is more than a feed "
        "carries its breaker trips, and the rack goes dark: the two feeds keep no host running.",
        "Hang less on the rack: what a feed carries is the most that the whole rack may draw.",
        ("PR.IR-04.1",),
        says=Text(
            "feed {feed} of rack {rack} would carry {carried} W when side {lost} fails; it may carry {watts}",
            "voeding {feed} van rek {rack} zou {carried} W dragen als zijde {lost} uitvalt; ze mag {watts} dragen",
        ),
        hint=Text(
            "deal hosts over more racks, or take a stronger feed",
            "verdeel hosts over meer rekken, of neem een sterkere voeding",
        ),
    ),
    Rule(
        "W749",
        "A machine with power from one side",
        "Machine met stroom van één zijde",
        "What hangs on one side stops with it, also for maintenance of that side.",
        "Give the rack feeds of two sides, and hang the machine on both.",
        ("PR.IR-04.1",),
        says=Text(
            "{machine} in rack {rack} has power from fewer than two sides: {sides}",
            "{machine} in rek {rack} heeft stroom van minder dan twee zijden: {sides}",
        ),
        hint=Text(
            "hang it on feeds of two sides",
            "sluit ze aan op voedingen van twee zijden",
        ),
    ),
    Rule(
        "E750",
        "A host that cannot be",
        "Host die niet kan bestaan",
        "A core has a hardware thread or more, and memory that is reserved is there.",
        "Correct the number.",
    ),
    Rule(
        "W783",
        "A machine without out-of-band management",
        "Machine zonder beheer buiten de band",
        "Without a way in beside its own system, somebody drives to it when that system is down.",
        "Write the address of its management controller: `bmc`.",
        says=Text(
            "{machine} has no out-of-band management",
            "{machine} heeft geen beheer buiten de band",
        ),
        hint=Text(
            "add `bmc`, the address of its management controller",
            "voeg `bmc` toe, het adres van zijn beheerkaart",
        ),
    ),
    Rule(
        "E784",
        "An address of two machines",
        "Adres van twee machines",
        "Hosts, switches and their out-of-band management each have an address of their own; several alike take those"
        " after the one that is written.",
        "Leave room for all that are alike.",
    ),
    Rule(
        "W785",
        "A machine's address that the plan may give out",
        "Adres van een machine dat het plan kan uitgeven",
        "Addresses of machines in datacentres are written, those of the region's network are given out of `pools`: "
        "one that lies there may be given out a second time.",
        "Reserve its prefix under `pools.reserved`, or take an address outside the pools.",
        says=Text(
            "address {address} of {machine} lies in pool {pool}, which the plan gives out",
            "adres {address} van {machine} ligt in pool {pool}, die het plan uitgeeft",
        ),
        hint=Text(
            "name its prefix under `reserved` of the pools",
            "noem zijn prefix onder `reserved` van de pools",
        ),
    ),
    Rule(
        "E786",
        "A datacentre that promises more than its hosts hold",
        "Datacentrum dat meer belooft dan zijn hosts hebben",
        "Cores are the hardware threads of hosts that compute, memory what they do not reserve, storage the disks of"
        " hosts that store, divided by the copies and filled as far as `fill` allows. A datacentre may promise less.",
        "Leave `cores`, `ram-gb` and `storage-gb` out: they follow from the hosts.",
    ),
    Rule(
        "E787",
        "Hosts that do not carry what is declared",
        "Hosts die niet dragen wat is opgegeven",
        "Servers stand in the datacentre where the plan puts them, copies on hosts of their own. Their cores and "
        "memory do not fit on its hosts even while all of them run, or root disks, volumes and backups do not fit on "
        "the disks.",
        "Add hosts, or declare less.",
    ),
    Rule(
        "W788",
        "Servers that stay down when something fails",
        "Servers die blijven liggen als iets uitvalt",
        "What runs on a host that fails starts again on the others, and its disks are copied again, as far as there is "
        "room. Told is the smallest thing whose loss proves to be too much: a host, a rack, a feed, a side of the "
        "power, a room or a whole site. `virgem capacity` shows all of them.",
        "Buy as many hosts as the hint says, or declare less.",
        ("PR.IR-04.1",),
        says=Text(
            "the declared {what} of {zone} do not fit any more",
            "de opgegeven {what} van {zone} passen niet meer",
        ),
        hint=Text("add hosts, or declare less", "voeg hosts toe, of geef minder op"),
    ),
    Rule(
        "W789",
        "Quotas that do not fit when a host fails",
        "Quota die niet passen als een host uitvalt",
        "All tenants together may use more than what is left when one host is lost: who asks last is refused then.",
        "Grant smaller quota classes, or add hosts.",
        ("PR.IR-04.1",),
        says=Text(
            "without {host} the datacentres have less than all quotas promise: {cores} cores, {ram} GiB RAM, "
            "{storage} GiB of volumes",
            "zonder {host} hebben de datacentra minder dan alle quota beloven: {cores} cores, {ram} GiB RAM, "
            "{storage} GiB aan volumes",
        ),
        hint=Text(
            "grant smaller quota classes, or add hosts; virgem capacity shows what is left",
            "ken kleinere quotaklassen toe, of voeg hosts toe; virgem capacity toont wat er overblijft",
        ),
    ),
)
