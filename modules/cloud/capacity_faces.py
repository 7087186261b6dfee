"""Capacity as text for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from virgem.modules.cloud.capacity import Capacity, Purchase, Zone
from virgem.modules.cloud.losses import LossKind
from virgem.modules.cloud.shortage import LOSSES
from virgem.modules.columns import lined_up
from virgem.modules.estate.model import Host

_TOTALS = ("zone", "hosts", "virtual cores", "declared", "GiB memory", "declared", "GiB storage", "declared")
_STORED = ("zone", "root disks", "volumes", "backups", "declared", "snapshots", "holds", "less its largest host")
_LOSSES = ("zone", "lost", "worst of", "servers", "storage", "snapshots", "quotas")
_NOTE = (
    "yes and no are proved, unknown is neither. servers, storage (root disks, volumes, backups): what is declared; "
    "when a site is lost, of all zones. snapshots: that storage with all snapshots that quotas allow. quotas: all that "
    "tenants may use, over all zones together. GiB of storage are before copies, on disks as full as they may be."
)


def as_text(found: Capacity) -> str:
    """Return tables with columns in line."""
    tables = (_lines(_TOTALS, _totals(found)), _lines(_STORED, _stored(found)), _lines(_LOSSES, _judged(found)))
    return "\n\n".join((*("\n".join(table) for table in tables), "\n".join(sentences(found)), _NOTE))


def as_markdown(found: Capacity) -> str:
    """Return tables of Markdown."""
    totals, stored, judged = _totals(found), _stored(found), _judged(found)
    tables = (_markdown(_TOTALS, totals), _markdown(_STORED, stored), _markdown(_LOSSES, judged))
    listed = "\n".join(f"- {sentence}" for sentence in sentences(found))
    return "\n\n".join((*("\n".join(table) for table in tables), listed, _NOTE))


def as_document(found: Capacity) -> dict[str, Any]:
    """Return values for JSON; sizes are cores and GiB."""
    return {
        "zones": [_zone(zone) for zone in found.zones],
        "quotas": {
            "cores": found.promise.space.cores,
            "ramGb": found.promise.space.ram_gb,
            "storageGb": found.promise.storage_gb,
            "snapshotGb": found.promise.snapshot_gb,
            "rootDiskGb": dict(zip(("least", "most"), found.promise.root_gb, strict=True)),
        },
        "losses": [
            {
                "zone": verdict.zone,
                "kind": verdict.kind.value,
                "worst": verdict.loss,
                "judged": verdict.judged,
                "servers": verdict.servers.value,
                "storage": verdict.storage.value,
                "snapshots": verdict.snapshots.value,
                "quotas": verdict.quotas.value,
            }
            for verdict in found.verdicts
        ],
        "purchases": [
            {"zone": p.zone, "host": p.host.id, "count": p.count, "for": p.what, "whenLost": p.kind.value}
            for p in found.purchases
        ],
    }


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "name": zone.name,
        "computeHosts": len(zone.computing),
        "storageHosts": len(zone.storing),
        "cores": sum(space.cores for space in zone.computing.values()),
        "ramGb": sum(space.ram_gb for space in zone.computing.values()),
        "storageGb": zone.holds_gb(frozenset()),
        "storageGbLessLargest": zone.less_largest_gb,
        "snapshotGb": zone.stored.snapshot_gb,
        "declared": {
            "servers": len(zone.needs),
            "cores": sum(need.space.cores for need in zone.needs),
            "ramGb": sum(need.space.ram_gb for need in zone.needs),
            "storageGb": zone.stored.declared_gb,
            "rootDiskGb": zone.stored.root_gb,
            "volumeGb": zone.stored.volume_gb,
            "backupGb": zone.stored.backup_gb,
        },
    }


_NAMES = {"cores": "virtual cores", "ram": "memory", "storage": "storage"}
_WHAT = {
    "servers": "declared servers do",
    "storage": "declared root disks, volumes and backups do",
    "snapshots": "storage with all snapshots that quotas allow does",
}


def sentences(found: Capacity) -> Iterator[str]:
    """Yield what to buy; for a zone where nothing is missing, what the next host would be."""
    yield from (_purchase(purchase) for purchase in found.purchases)
    short = {purchase.zone for purchase in found.purchases}
    for zone in found.zones:
        if zone.name not in short and (following := zone.following):
            what, percent, host = following
            reason = f"its {_NAMES[what]}, {percent} % declared, would be short first"
            yield f"{zone.name} needs no host now; the next would be {_model(host)}: {reason}"


def _purchase(bought: Purchase) -> str:
    lost = LOSSES[bought.kind].en.partition(" {")[0]
    when = "now" if bought.kind is LossKind.NOTHING else f"when {_one(lost)} is lost"
    hosts = f"{bought.count} x {_model(bought.host)} for {bought.zone}, outside what is lost"
    whose = "all zones'" if bought.kind is LossKind.SITE else "its"
    return f"buy {hosts}: {whose} {_WHAT[bought.what]} not fit {when}"


def _one(lost: str) -> str:
    return lost if lost.startswith("the ") else f"a {lost}"


def _model(host: Host) -> str:
    label = f" ({host.model})" if host.model else ""
    return f"{host.id}{label}"


def _totals(found: Capacity) -> Iterator[Sequence[str]]:
    for zone in found.zones:
        has = _zone(zone)
        declared = has["declared"]
        pairs = ((has[key], declared[key]) for key in ("cores", "ramGb", "storageGb"))
        hosts = f"{has['computeHosts']} + {has['storageHosts']}"
        yield (zone.name, hosts, *(str(number) for pair in pairs for number in pair))
    promise = found.promise
    yield ("quotas", "", "", str(promise.space.cores), "", str(promise.space.ram_gb), "", str(promise.storage_gb))


def _stored(found: Capacity) -> Iterator[Sequence[str]]:
    for zone in found.zones:
        yield (zone.name, *map(str, zone.storage))


def _judged(found: Capacity) -> Iterator[Sequence[str]]:
    for verdict in found.verdicts:
        lost = LOSSES[verdict.kind].en.format(name=verdict.loss)
        fits = (verdict.servers, verdict.storage, verdict.snapshots, verdict.quotas)
        yield (verdict.zone, lost, str(verdict.judged), *(fit.value for fit in fits))


def _lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return lined_up([heads, *rows])[0]


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["-"] * len(heads), *rows)]
