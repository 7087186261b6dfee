"""4xx: the region, its municipalities and sites, and the numbers it may give out."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "E401",
        "A municipality of another region",
        "Gemeente uit een andere regio",
        "The estate names its reference region; this municipality belongs to another one.",
        "Move the file to the right estate, or leave out `region`.",
    ),
    Rule(
        "E402",
        "A site far from its municipality",
        "Locatie ver van haar gemeente",
        "The place lies further from the centre than 3 km plus 2.5 times the radius of a circle of the municipality's "
        "area. Mostly the two numbers are swapped, or the site stands in the wrong file.",
        "Correct the place, or move the site to the file of its municipality.",
    ),
    Rule(
        "W403",
        "Two sites at one place",
        "Twee locaties op dezelfde plaats",
        "Two sites have the same coordinates. They would get two routers in one building.",
        "Make it one site with zones for both users, or correct a place.",
        says=Text(
            "site {site} stands at the same place as {other}",
            "locatie {site} staat op dezelfde plaats als {other}",
        ),
        hint=Text(
            "one building with two users is one site with a zone for each",
            "één gebouw met twee gebruikers is één locatie met een zone voor elk",
        ),
    ),
    Rule(
        "E404",
        "Pools that overlap",
        "Pools die overlappen",
        "Addresses of an overlap could be given out twice.",
        "Keep the larger pool.",
    ),
    Rule(
        "E405",
        "A pool that is reserved as a whole",
        "Pool die volledig gereserveerd is",
        "All of the pool stands under `reserved`, so there is nothing to give out.",
        "Reserve less, or add a pool.",
    ),
    Rule(
        "W406",
        "A pool of public addresses",
        "Pool met publieke adressen",
        "Inside addresses come from private space (RFC 1918, RFC 6598, RFC 4193), or they hide somebody's real ones.",
        "Take a private prefix; waive it when the addresses are really yours.",
        says=Text("pool {pool} is public address space", "pool {pool} is publieke adresruimte"),
        hint=Text("take it from {private}", "neem een pool uit {private}"),
    ),
    Rule(
        "E407",
        "A pool of one family only",
        "Pool van maar één adresfamilie",
        "Networks are planned for IPv4 and IPv6 alike.",
        "Add the pool of the other family.",
    ),
    Rule(
        "W408",
        "Fewer than two datacentres",
        "Minder dan twee datacentra",
        "Shared services, backups and the way to upstream networks have one place that can fail.",
        "Name a second site as datacentre.",
        ("PR.IR-03.1",),
        says=Text(
            "the region has {count} of the two datacentres it needs",
            "de regio heeft {count} van de twee datacentra die ze nodig heeft",
        ),
        hint=Text(
            "name a second site under `datacentres`, so that backups and shared services survive the first",
            "noem een tweede locatie onder `datacentres`, zodat back-ups en gedeelde diensten het verlies van de "
            "eerste overleven",
        ),
    ),
    Rule(
        "E409",
        "Two datacentres in one site",
        "Twee datacentra op één locatie",
        "They fail together.",
        "Put one of them in another site.",
    ),
    Rule(
        "W410",
        "Datacentres close together",
        "Datacentra dicht bij elkaar",
        "Within 5 km a flood, fire or power cut reaches both. The distance is a choice of this project.",
        "Choose a site further away.",
        says=Text(
            "datacentres {first} and {second} are {apart:.1f} km apart, less than {least:g} km",
            "datacentra {first} en {second} liggen {apart:.1f} km uit elkaar, minder dan {least:g} km",
        ),
        hint=Text("choose a site in another town", "kies een locatie in een andere gemeente"),
    ),
    Rule(
        "W411",
        "A reservation outside the pools",
        "Reservering buiten de pools",
        "Only addresses of the pools are given out, so this line does nothing; mostly it is a typing mistake.",
        "Correct or delete it.",
        says=Text(
            "reserved prefix {prefix} lies in no pool, so reserving it does nothing",
            "voorbehouden prefix {prefix} ligt in geen enkele pool, dus dat voorbehoud doet niets",
        ),
        hint=Text("correct it, or delete it", "verbeter of schrap de prefix"),
    ),
    Rule(
        "W412",
        "A municipality without sites",
        "Gemeente zonder locaties",
        "Nothing is planned for it.",
        "Add its sites.",
        says=Text(
            "{town} has no sites, so nothing is planned for it",
            "{town} heeft geen locaties, dus is er niets voor gepland",
        ),
        hint=Text(
            "add `sites: {{ stadhuis: {{ kind: town-hall }} }}`",
            "voeg `sites: {{ stadhuis: {{ kind: town-hall }} }}` toe",
        ),
    ),
    Rule(
        "W413",
        "An estate without municipalities",
        "Estate zonder gemeenten",
        "Nothing is planned.",
        "Add a file to municipalities/.",
        says=Text(
            "the estate has no municipalities, so there is nothing to plan",
            "de estate heeft geen gemeenten, dus is er niets te plannen",
        ),
        hint=Text("add a file to municipalities/", "voeg een bestand toe in municipalities/"),
    ),
    Rule(
        "E414",
        "A KBO number of two bodies",
        "KBO-nummer van twee organisaties",
        "Legal persons have a number of their own; registrations and orders in it would be in the wrong name. An "
        "entity that is no legal person may repeat its municipality's.",
        "Look both up in the Crossroads Bank for Enterprises.",
    ),
    Rule(
        "W415",
        "A site without zones",
        "Locatie zonder zones",
        "The site would have a router that serves nobody.",
        "Keep one zone, or delete the site.",
        says=Text(
            "site {site} has no zones, so its router serves nobody",
            "locatie {site} heeft geen zones, dus bedient haar router niemand",
        ),
        hint=Text("keep one zone, or delete the site", "behoud één zone, of schrap de locatie"),
    ),
    Rule(
        "W416",
        "A public AS number",
        "Publiek AS-nummer",
        "The region's AS number and those after it are used inside. Public ones belong to somebody.",
        "Take a private one (RFC 6996); waive it when it is really yours.",
        says=Text("AS number {asn} is public: it belongs to somebody", "AS-nummer {asn} is publiek: het is van iemand"),
        hint=Text(
            "take one from 64512-65534 or 4200000000-4294967294 (RFC 6996)",
            "neem er een uit 64512-65534 of 4200000000-4294967294 (RFC 6996)",
        ),
    ),
    Rule(
        "E417",
        "A DNS domain of two owners",
        "DNS-domein van twee eigenaars",
        "Names of the one would answer for the other.",
        "Give each its own domain.",
    ),
    Rule(
        "W418",
        "A region that is not complete",
        "Regio die niet volledig is",
        "The estate names a reference region, but not all of its municipalities have a file.",
        "Add the files, or leave out `region`.",
        says=Text(
            "region {region} also holds municipalities of which there is no file: {names} (in all: {count})",
            "regio {region} telt ook gemeenten waarvoor er geen bestand is: {names} (samen: {count})",
        ),
        hint=Text("add their files, or leave out `region`", "voeg hun bestanden toe, of laat `region` weg"),
    ),
    Rule(
        "E419",
        "An unknown reference region",
        "Onbekende referentieregio",
        "Flanders has fifteen reference regions, REFREG01 to REFREG15.",
        "Correct the code.",
    ),
    Rule(
        "W420",
        "An entity without the KBO number its registration needs",
        "Entiteit zonder het KBO-nummer voor haar registratie",
        "A flow is registered in the name of this entity; the registration's URI holds its KBO number.",
        "Add `kbo` to the entity, or `responsible` to the flow.",
        says=Text(
            "entity {entity} has no KBO number, but the registration of flow {flow} is in its name",
            "entiteit {entity} heeft geen KBO-nummer, maar de registratie van stroom {flow} staat op haar naam",
        ),
        hint=Text("add `kbo`", "voeg `kbo` toe"),
    ),
    Rule(
        "E421",
        "A datacentre at an address that the internet does not know",
        "Datacentrum op een adres dat het internet niet kent",
        "Private (RFC 1918, RFC 4193), shared (RFC 6598), local, loopback and multicast addresses are not found from "
        "outside. Those for examples (RFC 5737, RFC 3849, RFC 9637) may stand for the real ones until they are known.",
        "Write the address that the internet provider gave.",
    ),
    Rule(
        "E422",
        "A public address of two datacentres",
        "Publiek adres van twee datacentra",
        "Tunnels to the one would end at the other.",
        "Give each its own address.",
    ),
    Rule(
        "E423",
        "A public address with half of what sets it",
        "Publiek adres met de helft van wat het instelt",
        "An address alone is handed out by the internet provider. One that is set on the router needs both the length"
        " of its prefix and the provider's gateway.",
        "Write `{ address: 203.0.113.2/29, gateway: 203.0.113.1 }`, or the address alone.",
    ),
    Rule(
        "E424",
        "A gateway that is no neighbour of the public address",
        "Gateway die geen buur van het publieke adres is",
        "The gateway is another host of the same prefix, neither its first nor its last address (but both hosts of a"
        " /31, RFC 3021), or has a link-local IPv6 address.",
        "Write address, length and gateway as the internet provider gave them.",
    ),
    Rule(
        "E425",
        "Public addresses of one family with different gateways",
        "Publieke adressen van één familie met verschillende gateways",
        "A router has one port towards its internet provider, and there one default route in each family: either what"
        " the provider hands out or the gateway that is written.",
        "Give the addresses of one family the same gateway, or none of them.",
    ),
    Rule(
        "E426",
        "Floating addresses that are not ours alone",
        "Zwevende adressen die niet alleen van ons zijn",
        "The prefix by which servers are found from outside lies in no pool and in no network above the region, is not "
        "what our traffic appears as, holds no public address of a datacentre and belongs to one datacentre. Private "
        "addresses (RFC 1918, RFC 6598) are not found from outside.",
        "Write a prefix that was assigned to us for this.",
    ),
)
