"""Data of class 3 and higher are encrypted, and lie in the other datacentre too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virgem.modules.cloud.lasting import OTHER_DATACENTRE
from virgem.modules.cloud.model import DataStack
from virgem.modules.cloud.names import data_stack
from virgem.modules.cloud.quotas import ENCRYPTED_TYPE
from virgem.modules.estate.kinds import service_kinds
from virgem.modules.estate.kinds.types import ServiceKind
from virgem.modules.estate.model import DataSet
from virgem.modules.governance.planned import VOLUME, Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, finding
from virgem.modules.problem import Rule, Severity, Text
from virgem.network.model import SHARED

_CRITICAL = 3
_CLEAR = Text(
    "{what} holds data of confidentiality {grade} and is of volume type {type}, not {wanted}",
    "{what} bevat gegevens van vertrouwelijkheid {grade} en is van volumetype {type}, niet {wanted}",
)
_ENCRYPT = Text("set `encrypted: true` on the volume", "zet `encrypted: true` bij het volume")
_ALONE = Text(
    "{what} holds data of integrity or availability {grade} in {zone}, and no copy or backup in another datacentre",
    "{what} bevat gegevens van integriteit of beschikbaarheid {grade} in {zone}, zonder kopie of back-up in een ander "
    "datacentrum",
)
_BACK_UP = Text(
    "set `backup: true` on the volume or service, or let servers that replicate stand in both datacentres",
    "zet `backup: true` bij het volume of de dienst, of zet servers die repliceren in beide datacentra",
)
_NOWHERE = Text(
    "{what} is to be backed up outside {zone}, but no backup service keeps volumes in another datacentre",
    "{what} moet een back-up krijgen buiten {zone}, maar geen back-updienst heeft volumes in een ander datacentrum",
)
_KEEPER = Text(
    "give the backup service `servers: 2`, so that it stands in both datacentres",
    "geef de back-updienst `servers: 2`, zodat ze in beide datacentra staat",
)


@dataclass(frozen=True, slots=True)
class _Grades:
    confidentiality: int
    keeping: int  # the higher of integrity and availability


def _find(planned: Planned) -> Iterator[Finding]:
    keepers = _keepers(planned)
    copies = _copies(planned)
    for volume in planned.of(VOLUME):
        grades, place, kind = _grades(planned, volume), planned.volume(volume), _kind(planned, volume)
        values: dict[str, object] = {
            "what": volume.shown,
            "type": volume.text("volumeType") or "unknown",
            "wanted": ENCRYPTED_TYPE,
        }
        if grades.confidentiality >= _CRITICAL and volume.text("volumeType") != ENCRYPTED_TYPE:
            filled = values | {"grade": grades.confidentiality}
            yield finding(volume.urn, _CLEAR, _ENCRYPT, filled, place.at("encrypted"))
        zone = volume.text("availabilityZone")
        if grades.keeping < _CRITICAL or (kind and kind.keeps_backups):
            continue
        filled = values | {"grade": grades.keeping, "zone": zone}
        if copies.get(volume.urn, frozenset()) - {zone}:
            continue
        if volume.facts.get("backup") != OTHER_DATACENTRE:
            yield finding(volume.urn, _ALONE, _BACK_UP, filled, place.at("backup"))
        elif not keepers - {zone}:
            yield finding(volume.urn, _NOWHERE, _KEEPER, filled, place.at("backup"))


def _grades(planned: Planned, volume: Resource) -> _Grades:
    """Return the classes of the data set that a volume holds; of what holds none that is known, its own class."""
    dataset = _dataset(planned, volume)
    if dataset:
        return _Grades(int(dataset.confidentiality), max(int(dataset.integrity), int(dataset.availability)))
    told = volume.facts.get("class", "")
    # What tells no class counts as the highest: nothing is left out by leaving a tag out.
    grade = int(told) if told.isdigit() else 5
    return _Grades(grade, grade)


def _dataset(planned: Planned, volume: Resource) -> DataSet | None:
    town = planned.towns.get(volume.nis)
    if town is None or town.cloud is None:
        return None
    # By the estate's own words: the planned facts may be what is wrong.
    declared = next((found for found in town.cloud.volumes if found.id == volume.name), None)
    wanted = declared.dataset if declared else None
    return next((found for found in town.cloud.datasets if found.path == wanted), None)


def _kind(planned: Planned, volume: Resource) -> ServiceKind | None:
    if volume.nis != SHARED:
        return None
    path = planned.volume(volume).path
    return next((service_kinds()[s.kind] for s in planned.estate.services if s.id == path), None)


def _copies(planned: Planned) -> dict[str, frozenset[str]]:
    """Return in which datacentres the volumes of a service lie whose servers replicate, by the URN of each."""
    alike: dict[str, list[Resource]] = {}
    for volume in planned.of(VOLUME):
        kind = _kind(planned, volume)
        if kind and kind.replicates:
            alike.setdefault(planned.volume(volume).path, []).append(volume)
    zones = {path: frozenset(v.text("availabilityZone") for v in found) for path, found in alike.items()}
    return {volume.urn: zones[path] for path, found in alike.items() for volume in found}


def _keepers(planned: Planned) -> frozenset[str]:
    """Return the datacentres in which a backup service keeps volumes, also where its stack is not applied now."""
    kinds = service_kinds()
    services = {str(s.id) for s in planned.estate.services if kinds[s.kind].keeps_backups}
    if any(stack.name == data_stack(SHARED) for stack in planned.preview.stacks):
        found = (v for v in planned.of(VOLUME) if v.nis == SHARED and planned.volume(v).path in services)
        return frozenset(volume.text("availabilityZone") for volume in found)
    stack = planned.cloud.stack(data_stack(SHARED))
    volumes = stack.volumes if isinstance(stack, DataStack) else ()
    owners = {host.name: host.server for host in planned.network.cloud_addresses if host.tenant == SHARED}
    return frozenset(v.zone for v in volumes if owners.get(v.metadata.get("server", "")) in services)


POLICY = Policy(
    rule=Rule(
        "data-protection",
        "Data of class 3 and higher are encrypted and lie in two sites",
        "Gegevens van klasse 3 en hoger zijn versleuteld en liggen op twee plaatsen",
        "A volume with data of confidentiality 3 or higher is of the encrypted type. One with data of integrity or"
        " availability 3 or higher has a copy in another datacentre (servers alike that replicate) or is to be backed"
        " up there, by a backup service that keeps volumes there. A volume without a data set has the class of its"
        " service. That a backup ran is not judged here: nothing planned can show it.",
        "Set `encrypted: true` and `backup: true`, and let the backup service stand in both datacentres.",
        ("PR.DS-01.6", "PR.DS-11.1", "PR.DS-11.3", "ISO 27002:8.13", "ISO 27002:8.24", "ICR"),
    ),
    severity=Severity.ERROR,
    find=_find,
)
