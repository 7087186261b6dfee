"""6xx: numbers that run out, and the lock file that keeps those given."""

from virgem.modules.problem import Rule, Text

_DELETE = "Delete the line named in estate.lock; the next plan gives a new number."
_RESTORE = "Take estate.lock back from version control; or delete the line, and the next plan gives a new number."

RULES = (
    Rule(
        "E601",
        "Damaged line in estate.lock",
        "Beschadigde regel in estate.lock",
        "Every line of the lock file ends with a check of its own text (CRC-32). This one does not agree with it, "
        "or is no line of a lock file at all.",
        _RESTORE,
    ),
    Rule(
        "E602",
        "Lock file of another estate",
        "Lockbestand van een ander estate",
        "estate.lock names the estate whose numbers it keeps. Numbers of one estate mean nothing in another.",
        "An estate that got another name: `virgem plan --renamed-from` and the old name keeps all numbers. Else take "
        "this estate's own estate.lock back from version control; without it all is numbered afresh, and every address "
        "may move.",
    ),
    Rule(
        "E603",
        "Lock file of an unknown version",
        "Lockbestand van een onbekende versie",
        "The first line of estate.lock is not one this release can read.",
        "Use the release that wrote it: a newer one for a later version. Else take the file back from version control; "
        "without it every address may move.",
    ),
    Rule(
        "E604",
        "Unresolved merge in estate.lock",
        "Onopgelost samenvoegconflict in estate.lock",
        "The file holds conflict markers of a version control system. Its lines do not depend on each other, so the "
        "lines of both sides may stay.",
        "Remove the markers, keep the lines of both sides, and plan again.",
    ),
    Rule(
        "E605",
        "Lock file cut short or run over",
        "Lockbestand afgebroken of met tekst na het einde",
        "A whole estate.lock ends with a line `end`; this one has no such line, or text after it.",
        "Take estate.lock back from version control. Without it all is numbered afresh, and every address may move.",
    ),
    Rule(
        "E606",
        "Number kept twice",
        "Nummer twee keer bewaard",
        "Two lines of estate.lock are about the same thing.",
        "Delete one of the two.",
    ),
    Rule(
        "E607",
        "Locked number outside the pools",
        "Vastgelegd nummer buiten de pools",
        "A prefix or address kept in estate.lock lies outside every pool of the estate.",
        "Widen the pools. " + _DELETE,
    ),
    Rule(
        "E608",
        "Locked number in a reserved prefix",
        "Vastgelegd nummer in een gereserveerde prefix",
        "A prefix or address kept in estate.lock overlaps one that `pools.reserved` keeps out of use.",
        "Take the prefix out of `reserved`. " + _DELETE,
    ),
    Rule(
        "E609",
        "Locked number given twice",
        "Vastgelegd nummer twee keer gegeven",
        "Two things hold the same or overlapping numbers in estate.lock, as after a merge of two branches.",
        _DELETE,
    ),
    Rule(
        "E610",
        "Locked prefix too small",
        "Vastgelegde prefix te klein",
        "The zone or network asks for more addresses than the prefix kept for it in estate.lock can hold.",
        "Plan for fewer hosts. " + _DELETE,
    ),
    Rule(
        "E611",
        "A pool runs out",
        "Pool raakt op",
        "The pools of the estate hold fewer addresses than its sites, links and networks need, also without headroom.",
        "Give a wider pool, or another one beside it.",
    ),
    Rule(
        "E612",
        "VLAN id in use",
        "VLAN-nummer al in gebruik",
        "A zone is given a fixed VLAN id that estate.lock keeps for another zone of the site.",
        "Choose another id. " + _DELETE,
    ),
    Rule(
        "E613",
        "VLAN ids run out",
        "VLAN-nummers raken op",
        "IEEE 802.1Q has 4094 VLAN ids; a site has more zones than that.",
        "Split the site.",
    ),
    Rule(
        "E614",
        "Zone without an address for a device",
        "Zone zonder adres voor een toestel",
        "Devices with a MAC address get a fixed address in their zone; this zone has fewer than it has such devices.",
        "Raise `hosts` of the zone, and delete its line in estate.lock if it has one.",
    ),
    Rule(
        "E615",
        "A flow from outside to an address that nobody there knows",
        "Stroom van buiten naar een adres dat daar niemand kent",
        "A public network, and one towards which our traffic is translated, never sees the private addresses of the "
        "region. What a registered flow from there reaches needs a floating address.",
        "Write `floating` at the datacentre, with a prefix that was assigned to us.",
    ),
    Rule(
        "W616",
        "A flow from outside that works in IPv6 only",
        "Stroom van buiten die alleen in IPv6 werkt",
        "The network where the flow starts reaches the IPv6 address of the target but not its private IPv4 address, "
        "and the datacentre has no floating addresses.",
        "Write `floating` at the datacentre, or let it be IPv6 only.",
        says=Text(
            "flow {flow} from {upstream} reaches {name} over IPv6 only: datacentre {centre} has no floating addresses",
            "stroom {flow} van {upstream} bereikt {name} enkel over IPv6: datacentrum {centre} heeft geen zwevende "
            "adressen",
        ),
        hint=Text(
            "add `floating`, a prefix that was assigned to us, to datacentre {centre}",
            "geef datacentrum {centre} `floating`, een prefix die ons is toegekend",
        ),
    ),
    Rule(
        "E617",
        "Floating addresses run out",
        "Zwevende adressen raken op",
        "In the prefix of a datacentre the lower half is for the routers of tenants, one each, the upper half for what "
        "registered flows from outside reach.",
        "Take a shorter prefix.",
    ),
)
