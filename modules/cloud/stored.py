"""What is to lie on the storage of the datacentres: what is declared, and what quotas allow beside it.

Storage of a zone is the disks of its hosts that store, filled up to `fill` percent (Ceph's mon_osd_nearfull_ratio, 85)
and divided by `copies` (its osd_pool_default_size, 3), each copy on another host. On it lie, each counted in full:

- root disks: what the size of a server says, as it boots from an image on the same storage (nova's images_type = rbd);
  without that a server could not start again where its host is not;
- volumes;
- backups: one of each volume that is backed up, in the first of the other datacentres (cinder-backup, with the storage
  there behind it);
- snapshots of municipalities, beside their volumes: cinder counts them in a quota's gigabytes (no_snapshot_gb_quota is
  false), so what volumes leave of a quota may become snapshots, up to their number times the largest volume. No estate
  declares them: they are promised. Of a tenant with volumes in several datacentres they are shared out by volume size.

Images, what tenants back up beyond what is declared, and load balancers' own servers are not counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from virgem.modules.cloud.lasting import OTHER_DATACENTRE, volumes
from virgem.modules.cloud.model import Volume
from virgem.modules.cloud.tenants import Tenant
from virgem.modules.estate.model import Estate, QuotaClass
from virgem.modules.estate.sizes import SIZES

LARGEST_ROOT_GB = max(size.disk_gb for size in SIZES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is to lie on the storage of a zone, in GiB before copies."""

    root_gb: int = 0
    volume_gb: int = 0
    backup_gb: int = 0  # of volumes elsewhere
    snapshot_gb: int = 0  # what quotas allow of the volumes here

    @property
    def declared_gb(self) -> int:
        """All but snapshots, which no estate declares."""
        return self.root_gb + self.volume_gb + self.backup_gb


def on_storage(estate: Estate, found: Sequence[Tenant]) -> Mapping[str, Stored]:
    """Return what is to lie on the storage of each datacentre."""
    roots, sizes, backups = Counter[str](), Counter[str](), Counter[str]()
    snapshots: dict[str, Fraction] = defaultdict(Fraction)
    for tenant in found:
        for kit in tenant.kits:
            for host in kit.hosts:
                roots[tenant.datacentre(host)] += SIZES[kit.flavor].disk_gb
        some = volumes(estate, tenant)
        possible, total = snapshot_gb(tenant, some), sum(volume.size_gb for volume in some) or 1
        for volume in some:
            sizes[volume.zone] += volume.size_gb
            snapshots[volume.zone] += Fraction(possible * volume.size_gb, total)
            others = [centre.id for centre in estate.datacentres if centre.id != volume.zone]
            if volume.metadata.get("backup") == OTHER_DATACENTRE and others:
                backups[others[0]] += volume.size_gb
    return {
        str(centre.id): Stored(
            root_gb=roots[centre.id],
            volume_gb=sizes[centre.id],
            backup_gb=backups[centre.id],
            snapshot_gb=ceil(snapshots[centre.id]),
        )
        for centre in estate.datacentres
    }


def snapshot_gb(tenant: Tenant, declared: Sequence[Volume]) -> int:
    """Return the most GiB of snapshots of its volumes that a tenant's quota allows; shared services have no quota."""
    if tenant.limits is None:
        return 0
    left = tenant.limits.storage_gb - sum(volume.size_gb for volume in declared)
    return max(0, min(left, tenant.limits.snapshots * max((volume.size_gb for volume in declared), default=0)))


def root_gb(quota: QuotaClass) -> tuple[int, int]:
    """Return the GiB of root disks that a quota allows: of servers of the one size with most, and what no mix exceeds.

    No quota limits root disks themselves. Of each limit a mix has no more disk for a piece than the size with most.
    """
    sizes = SIZES.values()
    counts = ((min(quota.instances, quota.cores // s.cores, quota.ram_gb // s.ram_gb), s.disk_gb) for s in sizes)
    bounds = (
        quota.instances * max(Fraction(size.disk_gb) for size in sizes),
        quota.cores * max(Fraction(size.disk_gb, size.cores) for size in sizes),
        quota.ram_gb * max(Fraction(size.disk_gb, size.ram_gb) for size in sizes),
    )
    return max(count * disk_gb for count, disk_gb in counts), int(min(bounds))
