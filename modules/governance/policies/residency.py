"""Data stay in the datacentres of the region."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.governance.planned import INSTANCE, PROVIDER, VOLUME, Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, finding
from virgem.modules.problem import Mark, Rule, Severity, Text

# Inputs that would take an object to another cloud, or to another region of it, than that of the datacentres.
_ELSEWHERE = ("region", "authUrl", "endpointOverrides", "cloud")
_OUTSIDE = Text(
    "{what} lies in {zone}, which is no datacentre of the region: {zones}",
    "{what} ligt in {zone}, geen datacentrum van de regio: {zones}",
)
_INSIDE = Text(
    "name a datacentre of the estate, which stands at a site of one of its municipalities",
    "noem een datacentrum van het estate, dat op een locatie van een van zijn gemeenten staat",
)
_AWAY = Text(
    "{what} goes to another cloud or region by {zone}", "{what} gaat via {zone} naar een andere cloud of regio"
)
_HERE = Text(
    "leave it out: all is in the region's own cloud", "laat het weg: alles staat in de eigen cloud van de regio"
)


def _find(planned: Planned) -> Iterator[Finding]:
    zones = _zones(planned)
    for resource in (*planned.of(VOLUME), *planned.of(INSTANCE)):
        # Scheduling hints such as "west:host" stay within the zone.
        zone = resource.text("availabilityZone").partition(":")[0]
        if zone not in zones:
            values = {"what": resource.shown, "zone": zone or "no zone", "zones": ", ".join(sorted(zones))}
            yield finding(resource.urn, _OUTSIDE, _INSIDE, values, _place(planned, resource))
    for resource in planned.resources:
        if resource.planned.in_cloud or resource.type == PROVIDER:
            for key in _ELSEWHERE:
                if resource.get(key) not in (None, "", [], {}):
                    values = {"what": resource.shown, "zone": key}
                    yield finding(resource.urn, _AWAY, _HERE, values, _place(planned, resource))


def _zones(planned: Planned) -> frozenset[str]:
    """Return the datacentres that stand at a site of a municipality of the region."""
    sites = planned.estate.sites
    return frozenset(str(centre.id) for centre in planned.estate.datacentres if centre.at in sites)


def _place(planned: Planned, resource: Resource) -> tuple[str, Mark]:
    place = planned.volume(resource) if resource.type == VOLUME else planned.place(resource)
    return place.at("datacentre")


POLICY = Policy(
    rule=Rule(
        "residency",
        "Data stay in the region",
        "Gegevens blijven in de regio",
        "Every volume and server lies in a datacentre of the estate, and no object or provider names another cloud or"
        " region. A datacentre stands at a site of a municipality of the region, all of them Flemish, so this keeps"
        " data of every class in Flanders: within Belgium and the European Economic Area too, as the GDPR asks."
        " Images come from their publishers and are no data. Where backups outside of the cloud go is not judged.",
        "Name a datacentre of the estate.",
        ("GV.OC-03.1", "ID.AM-07.1", "ISO 27002:5.31", "ISO 27002:5.34"),
    ),
    severity=Severity.ERROR,
    find=_find,
)
