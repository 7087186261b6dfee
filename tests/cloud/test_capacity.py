"""Every loss is judged: which machines stop, whether what is declared and promised fits then, and what to buy."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from virgem.modules.cloud.capacity import Capacity, capacity
from virgem.modules.cloud.capacity_faces import sentences
from virgem.modules.cloud.losses import LossKind, losses
from virgem.modules.cloud.packing import Fit
from virgem.modules.cloud.stored import root_gb
from virgem.modules.estate.model import QuotaClass
from virgem.modules.estate.scalars import Count, Identifier
from virgem.modules.estate.sizes import SIZES
from virgem.modules.planning import Prepared

from .racked import centre, region

SERVERS = (
    "cloud:\n  quota: {quota}\n  servers:\n    db: {{ flavor: xlarge, count: {count}, datacentre: west, "
    "anti-affinity: false }}\n"
)


def found(ready: Prepared) -> Capacity:
    assert ready.estate is not None
    assert ready.plan is not None
    return capacity(ready.estate, ready.plan)


def answers(ready: Prepared, zone: str, what: str = "servers") -> dict[LossKind, Fit]:
    return {v.kind: getattr(v, what) for v in found(ready).verdicts if v.zone == zone}


def test_a_zone_is_what_its_hosts_have_after_overcommit_and_reserve(tmp_path: Path) -> None:
    zone = found(region(tmp_path, centre("west", more="    overcommit: 2.5\n"), centre("east"))).zone["west"]
    assert sum(space.cores for space in zone.computing.values()) == 4 * 32 * 2.5
    assert sum(space.ram_gb for space in zone.computing.values()) == 4 * (256 - 8)
    assert zone.holds_gb(frozenset()) == 6 * 60_000 * 85 // 100 // 3
    assert zone.holds_gb(frozenset({"west/storage-1"})) == 5 * 60_000 * 85 // 100 // 3


def test_every_thing_that_can_be_lost_is_judged(tmp_path: Path) -> None:
    rooms = "    rooms: { zaal-1: Zaal 1, zaal-2: Zaal 2 }\n"
    west = centre("west", more=rooms).replace("r1: {", "r1: { room: zaal-1,").replace("r2: {", "r2: { room: zaal-2,")
    ready = region(tmp_path, west, centre("east"))
    assert ready.estate is not None
    lost = {loss.name: sorted(loss.machines) for loss in losses(ready.estate) if loss.datacentre == "west"}
    first = ["west/compute-1", "west/compute-3", "west/storage-1", "west/storage-3", "west/storage-5"]
    assert lost["west/compute-2"] == ["west/compute-2"]
    assert lost["west/r1"] == lost["west/zaal-1"] == first
    assert lost["west/r1/a"] == lost["west/a"] == []
    assert len(lost["west"]) == 10
    assert [v.judged for v in found(ready).verdicts if v.zone == "west"] == [1, 10, 2, 4, 2, 2, 1]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        # A host of 248 GiB holds seven servers of 32 each: two hosts 14, three 21, with shared services beside them.
        (12, set()),
        (20, {LossKind.RACK, LossKind.SITE}),
        (24, {LossKind.HOST, LossKind.RACK, LossKind.SITE}),
    ],
)
def test_the_more_is_declared_the_smaller_the_loss_that_is_too_much(
    tmp_path: Path, count: int, expected: set[LossKind]
) -> None:
    ready = region(tmp_path, centre("west"), centre("east", hosts=5), SERVERS.format(quota="xlarge", count=count))
    kinds = {kind for kind, fit in answers(ready, "west").items() if fit is not Fit.YES}
    assert kinds - {LossKind.SITE} == set(expected) - {LossKind.SITE}


def test_a_feed_too_weak_for_its_rack_takes_the_rack_with_it(tmp_path: Path) -> None:
    # Two hosts of 700 W and three of 600 W: 3200 W, of which each feed carries half.
    ready = region(tmp_path, centre("west", feed=3000), centre("east", feed=3200))
    assert ready.estate is not None
    lost = {loss.name: len(loss.machines) for loss in losses(ready.estate) if loss.kind is LossKind.SIDE}
    assert lost == {"west/a": 10, "west/b": 10, "east/a": 0, "east/b": 0}
    assert answers(ready, "west")[LossKind.SIDE] is Fit.NO
    assert answers(ready, "east")[LossKind.SIDE] is Fit.YES


def test_copies_need_hosts_of_their_own(tmp_path: Path) -> None:
    cloud = "cloud:\n  volumes: { data: { size: 100 } }\n"
    ready = region(tmp_path, centre("west", stores=3), centre("east"), cloud)
    assert answers(ready, "west", "storage")[LossKind.NOTHING] is Fit.YES
    assert answers(ready, "west", "storage")[LossKind.HOST] is Fit.NO


def test_a_backup_takes_room_in_the_other_datacentre(tmp_path: Path) -> None:
    cloud = "cloud:\n  quota: large\n  datacentre: west\n  volumes: {{ data: {{ size: 700{} }} }}\n"
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    plain = found(region(one, centre("west"), centre("east"), cloud.format("")))
    backed = found(region(other, centre("west"), centre("east"), cloud.format(", backup: true")))
    assert backed.zone["west"].stored == plain.zone["west"].stored
    assert backed.zone["east"].stored == replace(plain.zone["east"].stored, backup_gb=700)
    assert backed.zone["east"].stored.declared_gb == plain.zone["east"].stored.declared_gb + 700


def test_what_is_bought_makes_it_fit_again_and_one_less_does_not(tmp_path: Path) -> None:
    cloud = SERVERS.format(quota="xlarge", count=24)
    folders = [tmp_path / name for name in ("now", "less", "enough")]
    for folder in folders:
        folder.mkdir()
    bought = next(
        p
        for p in found(region(folders[0], centre("west"), centre("east", hosts=9), cloud)).purchases
        if (p.zone, p.what) == ("west", "servers")
    )
    assert (bought.kind, bought.host.id) == (LossKind.HOST, "compute")
    assert bought.count >= 1
    for folder, count, fit in ((folders[1], bought.count - 1, False), (folders[2], bought.count, True)):
        ready = region(folder, centre("west", hosts=4 + count), centre("east", hosts=9), cloud)
        assert (answers(ready, "west")[LossKind.HOST] is Fit.YES) is fit


def test_quotas_are_held_against_all_zones_together(tmp_path: Path) -> None:
    ready = region(tmp_path, centre("west", ram=208), centre("east", ram=208), "cloud: { quota: xlarge }\n")
    # 8 hosts of 200 GiB for 1152; without a site 800.
    assert answers(ready, "west", "quotas")[LossKind.HOST] is not Fit.NO
    assert answers(ready, "west", "quotas")[LossKind.SITE] is Fit.NO


def test_what_is_not_described_is_not_judged(tmp_path: Path) -> None:
    east = "  east: { at: waregem/stadhuis, public: 198.51.100.1 }\n"
    ready = region(tmp_path, centre("west"), east, "cloud: { quota: xlarge }\n")
    assert [zone.name for zone in found(ready).zones] == ["west"]
    assert set(answers(ready, "west", "quotas").values()) == {Fit.UNKNOWN}
    assert LossKind.SITE not in answers(ready, "west")
    bare = "  west: { at: kortrijk/stadhuis, public: 192.0.2.1 }\n"
    folder = tmp_path / "bare"
    folder.mkdir()
    assert found(region(folder, bare, east)).verdicts == ()


# 1000 GiB of volumes and snapshots: 300 and 100 of volumes leave 600, of which three quarters in the west.
TWO_ZONES = (
    "cloud:\n  quota: own\n  servers:\n    a: { flavor: large, datacentre: west }\n    b: { flavor: xlarge, count: 3, "
    "datacentre: east }\n  volumes:\n    a: { size: 300, server: a }\n    b: { size: 100, server: b }\n"
)
OWN = (
    "quotas: { own: { instances: 20, cores: 60, ram-gb: 200, volumes: 10, storage-gb: 1000, snapshots: SNAPSHOTS } }\n"
)


@pytest.mark.parametrize(("snapshots", "west", "east"), [(20, 450, 150), (1, 225, 75), (0, 0, 0)])
def test_on_storage_lie_root_disks_volumes_and_the_snapshots_that_the_quota_allows(
    tmp_path: Path, snapshots: int, west: int, east: int
) -> None:
    bare, full = tmp_path / "bare", tmp_path / "full"
    bare.mkdir()
    full.mkdir()
    quotas = OWN.replace("SNAPSHOTS", str(snapshots))
    before = found(region(bare, centre("west"), centre("east") + quotas)).zone
    after = found(region(full, centre("west"), centre("east") + quotas, TWO_ZONES)).zone
    for zone, roots, sizes, snapshot_gb in (("west", 50, 300, west), ("east", 300, 100, east)):
        has = before[zone].stored
        assert after[zone].stored == replace(
            has, root_gb=has.root_gb + roots, volume_gb=has.volume_gb + sizes, snapshot_gb=snapshot_gb
        )


def test_a_shared_service_is_backed_up_too(tmp_path: Path) -> None:
    services = "services: {{ files: {{ servers: 1, volume-gb: 900, datacentre: west, backup: {} }} }}\n"
    kept = {}
    for answer in ("false", "true"):
        (tmp_path / answer).mkdir()
        ready = region(tmp_path / answer, centre("west"), centre("east") + services.format(answer))
        kept[answer] = found(ready).zone["east"].stored.backup_gb
    assert kept == {"false": 0, "true": 900}


def test_root_disks_alone_may_be_too_much_and_disks_are_what_is_bought(tmp_path: Path) -> None:
    # Five of 100 GiB on 6 x 400 x 85 % in three copies, 680: without a host, 566, still; without a rack, 340, no more.
    cloud = SERVERS.format(quota="xlarge", count=5)
    ready = region(tmp_path, centre("west").replace("60000", "400"), centre("east"), cloud)
    told = answers(ready, "west", "storage")
    assert (told[LossKind.HOST], told[LossKind.RACK]) == (Fit.YES, Fit.NO)
    assert answers(ready, "west")[LossKind.RACK] is Fit.YES
    bought = {(p.zone, p.what): p for p in found(ready).purchases}["west", "storage"]
    assert (bought.kind, bought.host.id) == (LossKind.RACK, "storage")
    enough = 3 * 400 + bought.count * 400
    assert (enough - 400) * 85 // 300 < found(ready).zone["west"].stored.declared_gb <= enough * 85 // 300


def test_snapshots_that_quotas_allow_may_not_fit_where_all_that_is_declared_does(tmp_path: Path) -> None:
    cloud = "cloud:\n  quota: own\n  datacentre: west\n  volumes: { data: { size: 300 } }\n"
    west, quotas = centre("west").replace("60000", "500"), OWN.replace("SNAPSHOTS", "20")
    ready = region(tmp_path, west, centre("east") + quotas, cloud)
    assert answers(ready, "west", "storage")[LossKind.NOTHING] is Fit.YES
    assert answers(ready, "west", "snapshots")[LossKind.NOTHING] is Fit.NO
    assert ("west", "snapshots") in {(p.zone, p.what) for p in found(ready).purchases}


def test_no_mix_of_servers_has_more_root_disk_than_a_quota_is_counted_for() -> None:
    quota = QuotaClass(
        id=Identifier("own"),
        instances=Count(9),
        cores=Count(30),
        ram_gb=Count(100),
        volumes=Count(1),
        storage_gb=Count(1),
    )
    least, most = root_gb(quota)
    sizes = tuple(SIZES.values())
    mixes = [
        sum(n * size.disk_gb for n, size in zip(counts, sizes, strict=True))
        for counts in product(range(10), repeat=len(sizes))
        if sum(counts) <= 9
        and sum(n * size.cores for n, size in zip(counts, sizes, strict=True)) <= 30
        and sum(n * size.ram_gb for n, size in zip(counts, sizes, strict=True)) <= 100
    ]
    assert (least, most) == (300, 375)
    assert least <= max(mixes) <= most


def test_quotas_promise_root_disks_beside_volumes(tmp_path: Path) -> None:
    # 1000 GiB of volumes and 750 to 1000 of root disks, on twice 6 x 85 % / 3 of a host's disks.
    quotas = OWN.replace("SNAPSHOTS", "20")
    told = {}
    for disks in (2000, 550, 450):
        (tmp_path / str(disks)).mkdir()
        zones = [centre(name).replace("60000", str(disks)) for name in ("west", "east")]
        ready = region(tmp_path / str(disks), zones[0], zones[1] + quotas, "cloud: { quota: own }\n")
        told[disks] = answers(ready, "west", "quotas")[LossKind.NOTHING]
    assert told == {2000: Fit.YES, 550: Fit.UNKNOWN, 450: Fit.NO}


def test_the_next_host_is_of_what_is_fullest(tmp_path: Path) -> None:
    cloud = "cloud:\n  quota: own\n  datacentre: west\n  volumes: { data: { size: 900 } }\n"
    ready = region(
        tmp_path, centre("west").replace("60000", "3000"), centre("east") + OWN.replace("SNAPSHOTS", "1"), cloud
    )
    said = list(sentences(found(ready)))
    zone = found(ready).zone["west"]
    assert zone.less_largest_gb == 5 * 3000 * 85 // 300 == 4250
    percent = 100 * zone.stored.declared_gb // 4250
    assert said[0] == (
        f"west needs no host now; the next would be storage: its storage, {percent} % declared, would be short first"
    )
