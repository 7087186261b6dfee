"""3xx: references that lead nowhere and things that are there twice."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E301",
        "A reference leads nowhere",
        "Verwijzing leidt nergens heen",
        "The text names an object that the estate does not have.",
        "Correct the name, or describe the object.",
    ),
    Rule(
        "E302",
        "An object is described in two files",
        "Object in twee bestanden beschreven",
        "The files of the operator are one document; the same name in two of them would be two descriptions of one "
        "thing.",
        "Keep one of the two.",
    ),
    Rule(
        "E303",
        "A setting stands in two files",
        "Instelling staat in twee bestanden",
        "The files of the operator are one document, and this key takes one value.",
        "Keep one of the two.",
    ),
    Rule(
        "E304",
        "A municipality has two files",
        "Gemeente heeft twee bestanden",
        "Two files in municipalities/ carry the same NIS code.",
        "Join the two files.",
    ),
    Rule(
        "E305",
        "A serial number stands twice",
        "Serienummer staat er twee keer",
        "Two rows describe a device with the same serial number.",
        "Delete one of the rows, or correct its serial number.",
    ),
    Rule(
        "E306",
        "No Flemish municipality has this NIS code",
        "Geen Vlaamse gemeente heeft deze NIS-code",
        "The code is not in the public register of the 285 municipalities of Flanders (2025).",
        "Look the code up in the list of municipalities.",
    ),
    Rule(
        "E307",
        "A municipality that merged",
        "Gemeente die gefusioneerd is",
        "The municipality of this code became part of another on 1 January 2025.",
        "Use the code of the municipality it became part of.",
    ),
    Rule(
        "E308",
        "One end of a flow is not there",
        "Eén kant van een stroom bestaat niet",
        "A flow names a town, site, zone, server, load balancer, service or upstream network that the estate does not "
        "have.",
        "Correct the name, or describe the object.",
    ),
    Rule(
        "E309",
        "A reference without its municipality",
        "Verwijzing zonder haar gemeente",
        "Outside a municipality's own file a site, entity, server, order or data set is named with its municipality.",
        "Write municipality/name.",
    ),
    Rule(
        "E310",
        "A name that its owner does not have",
        "Naam die de eigenaar niet heeft",
        "A lot is looked up in its contract, a load balancer in its tenant, a zone in the site of the device.",
        "Correct the name, or describe the object.",
    ),
    Rule(
        "E311",
        "A zone is taken away that was never there",
        "Weggelaten zone was er nooit",
        "Under `without` stand zones that the kind of the site brings and this site lacks; this one is not brought, "
        "or it is also written under `zones`.",
        "Delete it.",
    ),
    Rule(
        "E312",
        "The same name twice in a list",
        "Dezelfde naam twee keer in een lijst",
        "A list of references names the same object twice.",
        "Keep one of them.",
    ),
    Rule(
        "E313",
        "A MAC address stands twice",
        "MAC-adres staat er twee keer",
        "Two devices have the same MAC address, so both would ask for the same fixed address.",
        "Correct one of them.",
    ),
    Rule(
        "E314",
        "A host name stands twice",
        "Hostnaam staat er twee keer",
        "Two devices have the same host name, so one DNS record would point to both.",
        "Correct one of them.",
    ),
    Rule(
        "E315",
        "A catalogue item without its contract",
        "Catalogusartikel zonder zijn contract",
        "The item is not named with its contract, and nothing around it says which contract is meant.",
        "Write contract/item, or add the order.",
    ),
    Rule(
        "E316",
        "A host name of two machines",
        "Hostnaam van twee machines",
        "A device or a load balancer has a name that the plan gives to a router or a server, or that another device's "
        "serial number makes; a roll-out and DNS would take the one for the other.",
        "Give the device or the load balancer another name.",
    ),
    Rule(
        "E317",
        "A municipality without a file",
        "Gemeente zonder bestand",
        "The text leads into a Flemish municipality that has no file in municipalities/. It is told once, at the first "
        "place, with the number of places.",
        "Add the file of the municipality, or name another.",
    ),
)
