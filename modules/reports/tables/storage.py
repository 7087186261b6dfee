"""What is to lie on the storage of each datacentre, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.cloud.capacity import capacity
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for zone in capacity(facts.estate, facts.plan).zones:
        yield (zone.name, *map(str, zone.storage))


TABLE = Table(
    id="storage",
    order=69,
    nl="Opslag per datacentrum",
    en="Storage per datacentre",
    why_nl="Wat op de opslag van elk datacentrum komt te liggen, in GiB: rootschijven van servers, volumes, back-ups "
    "van volumes elders, en de snapshots die quota toestaan. Plaats is die van alle schijven zo vol als ze mogen zijn, "
    "gedeeld door het aantal kopieën.",
    why_en="What is to lie on the storage of each datacentre, in GiB: root disks of servers, volumes, backups of "
    "volumes elsewhere, and the snapshots that quotas allow. Room is that of all disks as full as they may be, "
    "divided by the copies.",
    columns=(
        Column("datacentre", "Datacentrum", "Datacentre", filter=True),
        Column("root-disks", "Rootschijven", "Root disks", numeric=True),
        Column("volumes", "Volumes", "Volumes", numeric=True),
        Column("backups", "Back-ups", "Backups", numeric=True),
        Column("declared", "Opgegeven", "Declared", numeric=True),
        Column("snapshots", "Snapshots hoogstens", "Snapshots at most", numeric=True),
        Column("room", "Plaats", "Room", numeric=True),
        Column("room-less", "Plaats zonder de grootste host", "Room without the largest host", numeric=True),
    ),
    rows=_rows,
)
