"""4xx: the region, its municipalities and sites, and the numbers it may give out."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E401",
        "A municipality of another region",
        "The estate names its reference region; this municipality belongs to another one.",
        "Move the file to the right estate, or leave out `region`.",
    ),
    Rule(
        "E402",
        "A site far from its municipality",
        "The place lies further from the centre than 3 km plus 2.5 times the radius of a circle of the municipality's "
        "area. Mostly the two numbers are swapped, or the site stands in the wrong file.",
        "Correct the place, or move the site to the file of its municipality.",
    ),
    Rule(
        "W403",
        "Two sites at one place",
        "Two sites have the same coordinates. They would get two routers in one building.",
        "Make it one site with zones for both users, or correct a place.",
    ),
    Rule(
        "E404",
        "Pools that overlap",
        "Addresses of an overlap could be given out twice.",
        "Keep the larger pool.",
    ),
    Rule(
        "E405",
        "A pool that is reserved as a whole",
        "All of the pool stands under `reserved`, so there is nothing to give out.",
        "Reserve less, or add a pool.",
    ),
    Rule(
        "W406",
        "A pool of public addresses",
        "Inside addresses come from private space (RFC 1918, RFC 6598, RFC 4193), or they hide somebody's real ones.",
        "Take a private prefix; waive it when the addresses are really yours.",
    ),
    Rule(
        "E407",
        "A pool of one family only",
        "Networks are planned for IPv4 and IPv6 alike.",
        "Add the pool of the other family.",
    ),
    Rule(
        "W408",
        "Fewer than two datacentres",
        "Shared services, backups and the way to upstream networks have one place that can fail.",
        "Name a second site as datacentre.",
        ("PR.IR-03.1",),
    ),
    Rule(
        "E409",
        "Two datacentres in one site",
        "They fail together.",
        "Put one of them in another site.",
    ),
    Rule(
        "W410",
        "Datacentres close together",
        "Within 5 km a flood, fire or power cut reaches both. The distance is a choice of this project.",
        "Choose a site further away.",
    ),
    Rule(
        "W411",
        "A reservation outside the pools",
        "Only addresses of the pools are given out, so this line does nothing; mostly it is a typing mistake.",
        "Correct or delete it.",
    ),
    Rule(
        "W412",
        "A municipality without sites",
        "Nothing is planned for it.",
        "Add its sites.",
    ),
    Rule(
        "W413",
        "An estate without municipalities",
        "Nothing is planned.",
        "Add a file to municipalities/.",
    ),
    Rule(
        "E414",
        "A KBO number of two bodies",
        "Legal persons have a number of their own; registrations and orders in it would be in the wrong name. An "
        "entity that is no legal person may repeat its municipality's.",
        "Look both up in the Crossroads Bank for Enterprises.",
    ),
    Rule(
        "W415",
        "A site without zones",
        "The site would have a router that serves nobody.",
        "Keep one zone, or delete the site.",
    ),
    Rule(
        "W416",
        "A public AS number",
        "The region's AS number and those after it are used inside. Public ones belong to somebody.",
        "Take a private one (RFC 6996); waive it when it is really yours.",
    ),
    Rule(
        "E417",
        "A DNS domain of two municipalities",
        "Names of the one would answer for the other.",
        "Give each its own domain.",
    ),
    Rule(
        "W418",
        "A region that is not complete",
        "The estate names a reference region, but not all of its municipalities have a file.",
        "Add the files, or leave out `region`.",
    ),
    Rule(
        "E419",
        "An unknown reference region",
        "Flanders has fifteen reference regions, REFREG01 to REFREG15.",
        "Correct the code.",
    ),
    Rule(
        "W420",
        "An entity without the KBO number its registration needs",
        "A flow is registered in the name of this entity; the registration's URI holds its KBO number.",
        "Add `kbo` to the entity, or `responsible` to the flow.",
    ),
)
