"""7xx: the shared cloud: quotas, servers, volumes, names and data."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "E701",
        "More servers than the quota",
        "Meer servers dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E702",
        "More cores than the quota",
        "Meer cores dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E703",
        "More memory than the quota",
        "Meer geheugen dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E704",
        "More volumes than the quota",
        "Meer volumes dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E705",
        "More storage than the quota",
        "Meer opslag dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E706",
        "More network ports than the quota",
        "Meer netwerkpoorten dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. A "
        "server has one port, a load balancer two, a router one in each subnet; each network takes one for itself.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E707",
        "More DNS records than the quota",
        "Meer DNS-records dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. A "
        "name has an A and an AAAA record for each server that it leads to; those of one zone count together.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E708",
        "More load balancers than the quota",
        "Meer load balancers dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "W709",
        "Quotas that promise more than there is",
        "Quota die meer beloven dan er is",
        "The quotas of all tenants add up to more than the datacentres can promise: cores as often as their "
        "`overcommit` says (4), memory once, storage one and a half times what they have. The last is a choice of "
        "this project.",
        "Grant smaller classes, or enlarge a datacentre.",
        says=Text(
            "the quotas of all tenants add up to {sum} {what}; the datacentres can promise {have:.0f} ({times:g} "
            "times what they have)",
            "de quota van alle tenants zijn samen {sum} {what}; de datacentra kunnen er {have:.0f} beloven "
            "({times:g} keer wat ze hebben)",
        ),
        hint=Text(
            "grant smaller quota classes, or enlarge a datacentre",
            "ken kleinere quotaklassen toe, of vergroot een datacentrum",
        ),
    ),
    Rule(
        "E710",
        "More declared than the datacentres hold",
        "Meer beschreven dan de datacentra aankunnen",
        "The servers and volumes that are declared do not fit; cores are shared by as many as `overcommit` says (4).",
        "Enlarge a datacentre, or declare less.",
    ),
    Rule(
        "E711",
        "A volume on a server that is not there",
        "Volume aan een server die er niet is",
        "The server's count is 0.",
        "Raise the count, or attach the volume elsewhere.",
    ),
    Rule(
        "W712",
        "A volume on one of several servers",
        "Volume aan één van meerdere servers",
        "A volume is attached to one server; here there are several alike, and the first gets it.",
        "Give the server that holds data a name of its own.",
        says=Text(
            "volume {volume} is attached to {server}, of which there are {count}: to the first",
            "volume {volume} hangt aan {server}, waarvan er {count} zijn: aan de eerste",
        ),
        hint=Text(
            "give the server that holds data a name of its own",
            "geef de server die gegevens bewaart een eigen naam",
        ),
    ),
    Rule(
        "E713",
        "Confidential data unencrypted",
        "Vertrouwelijke data niet versleuteld",
        "Data of confidentiality 3 and higher are encrypted at rest.",
        "Add `encrypted: true`.",
        (
            "PR.DS-01",
            "ICR",
        ),
    ),
    Rule(
        "E714",
        "Important data without backup",
        "Belangrijke data zonder back-up",
        "Data of integrity or availability 3 and higher are backed up in the other datacentre.",
        "Add `backup: true`.",
        ("PR.DS-11.1",),
    ),
    Rule(
        "W715",
        "A data set on no volume",
        "Dataset op geen enkel volume",
        "Nothing says where the data are.",
        "Name the data set at its volume.",
        says=Text("no volume holds data set {dataset}", "geen enkel volume bevat dataset {dataset}"),
        hint=Text("name it at a volume: `dataset`", "noem ze bij een volume: `dataset`"),
    ),
    Rule(
        "W716",
        "A DNS name outside the municipality's domain",
        "DNS-naam buiten het domein van de gemeente",
        "The name lies outside the tenant's own zone, so a zone of its own is made for it.",
        "Take a name within the domain; waive it when the municipality owns the other domain.",
        says=Text(
            "DNS name {name} lies outside {domain}, the domain of {town}",
            "DNS-naam {name} ligt buiten {domain}, het domein van {town}",
        ),
        hint=Text("did you mean {near}?", "bedoelt u {near}?"),
    ),
    Rule(
        "E717",
        "A DNS name without one target",
        "DNS-naam zonder precies één doel",
        "A name points to a server, a load balancer or another name: to one of them.",
        "Name one target.",
    ),
    Rule(
        "E718",
        "An alias that leads back to itself",
        "Alias die naar zichzelf terugleidt",
        "Following the aliases ends where it began, so the name never resolves.",
        "Let one of the names point to a server.",
    ),
    Rule(
        "E719",
        "A DNS name that is declared twice",
        "DNS-naam die twee keer is opgegeven",
        "One name, and one zone, can have one owner.",
        "One of the two keeps it.",
    ),
    Rule(
        "W720",
        "A load balancer with nothing to choose",
        "Load balancer zonder keuze",
        "With fewer than two servers behind it a load balancer only adds a part that can fail.",
        "Raise the server's count, or point the name at the server.",
        ("PR.IR-04.1",),
        says=Text(
            "load balancer {balancer} has too few servers behind it: {count}",
            "load balancer {balancer} heeft te weinig servers achter zich: {count}",
        ),
        hint=Text("set the server's `count` to 2", "zet `count` van de server op 2"),
    ),
    Rule(
        "E721",
        "Two load balancers that do the same",
        "Twee load balancers die hetzelfde doen",
        "They spread the same port over the same servers.",
        "Keep one of them.",
    ),
    Rule(
        "E722",
        "A load balancer to a closed port",
        "Load balancer naar een gesloten poort",
        "The servers list the ports they offer, and this one is not among them.",
        "Correct `server-port`, or add the port to `serves`.",
    ),
    Rule(
        "W723",
        "A shared service that nobody uses",
        "Gedeelde dienst die niemand gebruikt",
        "No municipality, zone kind or flow uses it.",
        "Name it at a municipality, or delete it.",
        says=Text(
            "no municipality, zone or flow uses shared service {service}",
            "geen gemeente, zone of stroom gebruikt gedeelde dienst {service}",
        ),
        hint=Text("name it under `services` of a municipality", "noem ze onder `services` van een gemeente"),
    ),
    Rule(
        "E724",
        "An unknown server size",
        "Onbekende servermaat",
        "The cloud offers the sizes small, medium, large and xlarge.",
        "Choose one of them.",
    ),
    Rule(
        "E725",
        "An unknown image",
        "Onbekend image",
        "The cloud has no image of this name.",
        "Choose one that the message names.",
    ),
    Rule(
        "W726",
        "Personal data without an owner",
        "Persoonsgegevens zonder eigenaar",
        "A data set with personal data names the role that answers for it (GDPR, article 24).",
        "Add `owner`.",
        says=Text(
            "data set {dataset} holds personal data and names no owner role",
            "dataset {dataset} bevat persoonsgegevens en noemt geen rol als eigenaar",
        ),
        hint=Text("add `owner`", "voeg `owner` toe"),
    ),
    Rule(
        "W727",
        "A critical service on one server",
        "Kritieke dienst op één server",
        "A shared service of class 3 and higher survives the loss of a server.",
        "Plan two servers or more.",
        ("PR.IR-04.1",),
        says=Text(
            "shared service {service} has class {level}, but servers: {count}",
            "gedeelde dienst {service} heeft klasse {level}, maar servers: {count}",
        ),
        hint=Text("two servers or more", "twee servers of meer"),
    ),
    Rule(
        "W728",
        "Secret data without a key",
        "Geheime data zonder sleutel",
        "Data of confidentiality 4 and higher name the place their encryption key is kept.",
        "Add `secret`.",
        says=Text(
            "data set {dataset} has confidentiality {level} and names no key",
            "dataset {dataset} heeft vertrouwelijkheid {level} en noemt geen sleutel",
        ),
        hint=Text(
            "add `secret`, the place its encryption key is kept",
            "voeg `secret` toe, de plaats waar de sleutel voor de versleuteling bewaard wordt",
        ),
    ),
    Rule(
        "E729",
        "Confidential data in the DMZ",
        "Vertrouwelijke data in de DMZ",
        "What stands in a DMZ has a connection to public networks; data of confidentiality 3 and higher are reached "
        "through an application.",
        "Attach the volume to a server of the data tier.",
        ("ICR network zones",),
    ),
    Rule(
        "W730",
        "A server of a lower class than its data",
        "Server met een lagere klasse dan zijn data",
        "A server is at least of the highest class of the data it holds.",
        "Raise its class.",
        says=Text(
            "server {server} has class {level}, its data set {dataset} {wanted}",
            "server {server} heeft klasse {level}, zijn dataset {dataset} {wanted}",
        ),
        hint=Text("raise its class to {wanted}", "verhoog zijn klasse tot {wanted}"),
    ),
    Rule(
        "E731",
        "A tenant without a datacentre",
        "Tenant zonder datacentrum",
        "The estate has no datacentre in which the tenant's servers could stand.",
        "Add `datacentres`.",
    ),
    Rule(
        "W732",
        "A public name into the back",
        "Publieke naam naar een afgeschermde laag",
        "Names lead users to servers of the data or management tier, which only applications and managers reach.",
        "Point to the application or its load balancer.",
        says=Text(
            "DNS name {name} points to {server} in the {tier} tier",
            "DNS-naam {name} wijst naar {server} in laag {tier}",
        ),
        hint=Text("point to an application or load balancer", "wijs naar een toepassing of load balancer"),
    ),
    Rule(
        "E733",
        "A DNS name in the domain of another",
        "DNS-naam in het domein van een ander",
        "The region's domain holds shared services, `net.` in it the machines, a municipality's domain its own names. "
        "A zone has one owner, and a name has one meaning.",
        "Take a name in a domain of one's own.",
    ),
    Rule(
        "E734",
        "An alias at the top of its zone",
        "Alias aan de top van zijn zone",
        "An alias has no other record beside it, and the top of a zone always has some (RFC 1034, section 3.6.2).",
        "Point to a server or a load balancer.",
    ),
    Rule(
        "E735",
        "A load balancer without servers of its own",
        "Load balancer zonder eigen servers",
        "A load balancer stands in a network of its tenant, before servers of that tenant; nothing leads from one "
        "tenant to the servers of another.",
        "Name servers of the same municipality.",
    ),
    Rule(
        "E736",
        "More networks than the quota",
        "Meer netwerken dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. "
        "A tenant has four networks, of two subnets each, in every datacentre where it has servers.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E737",
        "More routers than the quota",
        "Meer routers dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. "
        "A tenant has a router in every datacentre where it has servers.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E738",
        "More security groups than the quota",
        "Meer beveiligingsgroepen dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. "
        "There is one for all servers, one for each tier and one for servers alike, beside the provider's own.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E739",
        "More security group rules than the quota",
        "Meer regels van beveiligingsgroepen dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. "
        "Each flow is a rule in both families at each of its ends, and for each of its ports.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E740",
        "More DNS zones than the quota",
        "Meer DNS-zones dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. "
        "A tenant has a zone of its own and one for each domain in which other names of it lie.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E751",
        "More floating addresses than the quota",
        "Meer zwevende adressen dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. Servers and "
        "load balancers have one each where a registered flow comes from a network that does not see their own.",
        "Take a larger quota class, or let the flows end at load balancers.",
    ),
    Rule(
        "E741",
        "Protected data open to a body that nobody named",
        "Beschermde gegevens open voor een entiteit die niemand noemde",
        "A server of class 4 or higher, or with personal data, is open to the staff of the entities in its `users` and "
        "of no other: not by default, and not by a registered flow. Social data of the OCMW stay separate.",
        "Name the entities that use it, or narrow the flow.",
    ),
    Rule(
        "E742",
        "A server used by another municipality",
        "Server gebruikt door een andere gemeente",
        "A server of a tenant is for entities of its own municipality; flows between organisations pass a DMZ (ICR).",
        "Offer a shared service, or register a flow.",
    ),
    Rule(
        "E743",
        "An alias of a name that nobody has",
        "Alias van een naam die niemand heeft",
        "An alias in a domain of the region leads to a name that is declared there; else it resolves to nothing.",
        "Declare that name, or name another one.",
    ),
    Rule(
        "W781",
        "A flow past the load balancer",
        "Stroom voorbij de load balancer",
        "A flow opens the servers that it names and nothing before them: who goes by the name and address of a load "
        "balancer that spreads over these servers is refused.",
        "Let the flow end at the load balancer, or register a second one to it.",
        says=Text(
            "flow {flow} opens server {server} itself, not load balancer {balancer} that stands before it",
            "stroom {flow} opent server {server} zelf, niet load balancer {balancer} die ervoor staat",
        ),
        hint=Text(
            "let it end at {target} (port {port}), or register another flow to it",
            "laat hem eindigen bij {target} (poort {port}), of registreer een tweede stroom ernaartoe",
        ),
    ),
    Rule(
        "E782",
        "More load balancers than a network has room for",
        "Meer load balancers dan een netwerk kan dragen",
        "Each network of the cloud leaves eight addresses (.2 to .9) to the provider: one for DHCP, two for what each "
        "load balancer speaks to its servers from, and one for repairs. With a fourth load balancer the cloud would "
        "refuse the last, half-way.",
        "Let one load balancer spread over more servers, or put servers of another tier or datacentre behind it.",
    ),
)
