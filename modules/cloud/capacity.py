"""Whether the hosts of the datacentres carry what is declared and what is promised, whatever one thing is lost.

An availability zone is a datacentre: servers stand where the plan puts them, and go elsewhere only when the whole site
is lost. Quotas belong to no zone, so they are held against all zones together. Their storage: see `stored`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from virgem.modules.cloud.applications import server_groups
from virgem.modules.cloud.lasting import volumes
from virgem.modules.cloud.losses import Loss, LossKind, losses
from virgem.modules.cloud.packing import Fit, Need, Space, any_mix_fits, fits, held_in_copies, worst
from virgem.modules.cloud.stored import LARGEST_ROOT_GB, Stored, on_storage, root_gb, snapshot_gb
from virgem.modules.cloud.tenants import Tenant, tenants
from virgem.modules.estate.machines import Machine, hosts
from virgem.modules.estate.model import Datacentre, Estate, Host, QuotaClass
from virgem.modules.estate.model.hardware import HostRole
from virgem.modules.estate.sizes import SIZES
from virgem.network.model import NetworkPlan

# More hosts than this are not looked for: then it is not one more of the same that is missing.
_MOST_BOUGHT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An availability zone: its hosts by path, and what is declared in it."""

    name: str
    computing: Mapping[str, Space]  # what each host has for virtual servers
    storing: Mapping[str, int]  # disks of each host in GiB that may be filled
    copies: int
    needs: tuple[Need, ...]
    stored: Stored
    compute_model: Host | None  # the host of which there are most
    storage_model: Host | None

    def left(self, lost: frozenset[str]) -> tuple[Space, ...]:
        """Return what the hosts have that are not lost."""
        return tuple(sorted(space for path, space in self.computing.items() if path not in lost))

    def holds_gb(self, lost: frozenset[str]) -> int:
        """Return how much data the hosts hold that are not lost."""
        return held_in_copies([gb for path, gb in self.storing.items() if path not in lost], self.copies)

    @property
    def less_largest_gb(self) -> int:
        """How much data the hosts hold when the one with most disks is lost."""
        return self.holds_gb(frozenset(sorted(self.storing, key=self.storing.__getitem__)[-1:]))

    @property
    def storage(self) -> tuple[int, ...]:
        """Return GiB of root disks, volumes, backups, all of these, snapshots; what it holds, also less the largest."""
        has = self.stored
        declared = (has.root_gb, has.volume_gb, has.backup_gb, has.declared_gb)
        return (*declared, has.snapshot_gb, self.holds_gb(frozenset()), self.less_largest_gb)

    @property
    def following(self) -> tuple[str, int, Host] | None:
        """What is short first ("cores", "ram" or "storage"), how much of it is declared in percent, and its host.

        Of cores and memory all hosts are told, of storage what is left without the largest host, as its copies are made
        again. None where no host of the kind is described.
        """
        have, need = self.computing.values(), [need.space for need in self.needs]
        pairs = (
            ("cores", sum(s.cores for s in need), sum(s.cores for s in have), self.compute_model),
            ("ram", sum(s.ram_gb for s in need), sum(s.ram_gb for s in have), self.compute_model),
            ("storage", self.stored.declared_gb, self.less_largest_gb, self.storage_model),
        )
        found = [(what, 100 * used // held, host) for what, used, held, host in pairs if host and held]
        return max(found, key=lambda one: one[1], default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The quotas of all tenants together, and the largest storage quota of one.

    Snapshots and root disks are what they allow, the latter of servers of one size at least, of any mix at most.
    """

    space: Space
    storage_gb: int
    largest_gb: int
    snapshot_gb: int
    root_gb: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known about the worst loss of one kind in a zone."""

    zone: str
    kind: LossKind
    loss: str  # name of the worst
    judged: int  # how many losses of this kind there are
    servers: Fit  # whether all declared servers fit
    storage: Fit  # whether all declared root disks, volumes and backups fit
    snapshots: Fit  # whether all snapshots that quotas allow fit beside them
    quotas: Fit  # whether all that quotas promise fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Hosts to buy for a zone so that it carries what is declared again; more of what it has most of."""

    zone: str
    kind: LossKind
    what: str  # "servers", "storage" or "snapshots"
    host: Host
    count: int


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """The zones of an estate, what its quotas promise, and every loss judged."""

    zones: tuple[Zone, ...]
    promise: Promise
    verdicts: tuple[Verdict, ...]
    purchases: tuple[Purchase, ...]

    @cached_property
    def zone(self) -> Mapping[str, Zone]:
        """Every zone by name."""
        return {zone.name: zone for zone in self.zones}


def capacity(estate: Estate, plan: NetworkPlan) -> Capacity:
    """Return the capacity of an estate: of the datacentres that say which hosts they have; none where none do."""
    all_tenants = tenants(estate, plan)
    zones = tuple(_zones(estate, all_tenants)) if any(centre.hosts for centre in estate.datacentres) else ()
    promise = _promise(estate, all_tenants)
    judge = _Judge(zones, promise, all_known=len(zones) == len(estate.datacentres))
    known = {zone.name for zone in zones}
    found = [loss for loss in losses(estate) if loss.datacentre in known]
    verdicts = tuple(judge.verdicts(found))
    return Capacity(
        zones=zones, promise=promise, verdicts=verdicts, purchases=tuple(_purchases(judge, found, verdicts))
    )


def _zones(estate: Estate, found: Sequence[Tenant]) -> Iterator[Zone]:
    needs, stored = _declared(found), on_storage(estate, found)
    for centre in estate.datacentres:
        if not centre.hosts:
            continue
        computing, storing = hosts(centre, HostRole.COMPUTE), hosts(centre, HostRole.STORAGE)
        yield Zone(
            name=centre.id,
            computing={machine.path: _space(centre, machine) for machine in computing},
            storing={machine.path: _host(machine).storage_gb * centre.fill // 100 for machine in storing},
            copies=centre.copies,
            needs=tuple(needs[centre.id]),
            stored=stored[str(centre.id)],
            compute_model=_usual(computing),
            storage_model=_usual(storing),
        )


def _host(machine: Machine) -> Host:
    assert isinstance(machine.of, Host)
    return machine.of


def _space(centre: Datacentre, machine: Machine) -> Space:
    host = _host(machine)
    return Space(int(host.vcpus * centre.overcommit), max(0, host.ram_gb - host.reserved_ram_gb))


def _usual(machines: Sequence[Machine]) -> Host | None:
    """Return the host of which there are most; of as many, the first in the text."""
    counts = Counter(machine.of.id for machine in machines)
    return next((_host(m) for m in machines if counts[m.of.id] == max(counts.values())), None)


def _declared(found: Sequence[Tenant]) -> dict[str, list[Need]]:
    """Return the declared servers of each zone."""
    needs: dict[str, list[Need]] = defaultdict(list)
    for tenant in found:
        for zone, need in _needs(tenant):
            needs[zone].append(need)
    return needs


def _needs(tenant: Tenant) -> Iterator[tuple[str, Need]]:
    strict = {group.id for group in server_groups(tenant) if group.policy == "anti-affinity"}
    for kit in tenant.kits:
        size = SIZES[kit.flavor]
        apart = f"{tenant.id}/{kit.id}" if kit.id in strict else ""
        for host in kit.hosts:
            yield tenant.datacentre(host), Need(Space(size.cores, size.ram_gb), apart)


def _promise(estate: Estate, found: Sequence[Tenant]) -> Promise:
    classes = {str(quota.id): quota for quota in estate.quotas}
    shares = (town.cloud for town in estate.municipalities if town.cloud)
    granted: list[QuotaClass] = [classes[share.quota] for share in shares if share.quota in classes]
    roots = [root_gb(quota) for quota in granted]
    return Promise(
        space=Space(sum(quota.cores for quota in granted), sum(quota.ram_gb for quota in granted)),
        storage_gb=sum(quota.storage_gb for quota in granted),
        largest_gb=max((int(quota.storage_gb) for quota in granted), default=0),
        snapshot_gb=sum(snapshot_gb(tenant, volumes(estate, tenant)) for tenant in found),
        root_gb=(sum(least for least, _ in roots), sum(most for _, most in roots)),
    )


_LARGEST = Space(max(size.cores for size in SIZES.values()), max(size.ram_gb for size in SIZES.values()))
_ORDER = {kind: number for number, kind in enumerate(LossKind)}


class _Judge:
    """Judges losses; those that leave hosts of the same sizes get the same answer, worked out once."""

    def __init__(self, zones: tuple[Zone, ...], promise: Promise, *, all_known: bool) -> None:
        self.zones, self.promise, self.all_known = {zone.name: zone for zone in zones}, promise, all_known
        self._packed: dict[tuple[str, tuple[Space, ...]], Fit] = {}
        self._alike: dict[tuple[str, bool, tuple[Space, ...], tuple[int, ...]], tuple[Fit, Fit, Fit, Fit]] = {}

    def verdicts(self, found: Sequence[Loss]) -> Iterator[Verdict]:
        """Yield the worst of each kind of loss in each zone."""
        alike: dict[tuple[str, LossKind], list[Loss]] = {}
        for loss in found:
            if loss.kind is not LossKind.SITE or (self.all_known and len(self.zones) > 1):
                alike.setdefault((loss.datacentre, loss.kind), []).append(loss)
        for (zone, kind), some in alike.items():
            answers = [(loss, *self._fits(loss)) for loss in some]
            worst_of_all = max(answers, key=lambda answer: (*map(_badness, answer[1:]), len(answer[0].machines)))
            yield Verdict(
                zone=zone,
                kind=kind,
                loss=worst_of_all[0].name,
                judged=len(some),
                servers=worst(answer[1] for answer in answers),
                storage=worst(answer[2] for answer in answers),
                snapshots=worst(answer[3] for answer in answers),
                quotas=worst(answer[4] for answer in answers),
            )

    def _fits(self, loss: Loss) -> tuple[Fit, Fit, Fit, Fit]:
        """Return the four answers; most losses take hosts of the same sizes, and those are judged once."""
        zone = self.zones[loss.datacentre]
        lost = sorted(space for path, space in zone.computing.items() if path in loss.machines)
        disks = sorted(gb for path, gb in zone.storing.items() if path in loss.machines)
        key = (zone.name, loss.kind is LossKind.SITE, tuple(lost), tuple(disks))
        if key not in self._alike:
            self._alike[key] = (self.servers(loss), self.storage(loss), self.snapshots(loss), self.quotas(loss))
        return self._alike[key]

    def servers(self, loss: Loss, more: int = 0) -> Fit:
        """Tell whether the declared servers fit after a loss, with so many more of the usual host."""
        if loss.kind is LossKind.SITE:
            needs = tuple(need for zone in self.zones.values() for need in zone.needs)
            zones = self._others(loss)
        else:
            zones = [self.zones[loss.datacentre]]
            needs = zones[0].needs
        model = next((zone.compute_model for zone in zones if zone.compute_model), None)
        if model is None:
            return Fit.UNKNOWN  # what runs them is not described
        extra = (_of(model, zones[0]),) * more
        left = tuple(sorted((*(space for zone in zones for space in zone.left(loss.machines)), *extra)))
        key = ("all" if loss.kind is LossKind.SITE else loss.datacentre, left)
        if key not in self._packed:
            self._packed[key] = fits(needs, left)
        return self._packed[key]

    def storage(self, loss: Loss, more: int = 0) -> Fit:
        """Tell whether declared root disks, volumes and backups fit after a loss, all copies made again."""
        return self._stores(loss, more, 0)

    def snapshots(self, loss: Loss, more: int = 0) -> Fit:
        """Tell the same with all snapshots that quotas allow."""
        site = loss.kind is LossKind.SITE
        return self._stores(
            loss, more, self.promise.snapshot_gb if site else self.zones[loss.datacentre].stored.snapshot_gb
        )

    def _stores(self, loss: Loss, more: int, beside_gb: int) -> Fit:
        if loss.kind is LossKind.SITE:
            zones, stored = self._others(loss), sum(zone.stored.declared_gb for zone in self.zones.values())
        else:
            zones = [self.zones[loss.datacentre]]
            stored = zones[0].stored.declared_gb
        if not all(zone.storing for zone in zones):
            return Fit.UNKNOWN  # what stores them is not described
        have = sum(self._holds(zone, loss, more if place == 0 else 0) for place, zone in enumerate(zones))
        return Fit.YES if stored + beside_gb <= have else Fit.NO

    def _holds(self, zone: Zone, loss: Loss, more: int) -> int:
        left = [gb for path, gb in zone.storing.items() if path not in loss.machines]
        added = [min(zone.storing.values(), default=0)] * more
        return held_in_copies([*left, *added], zone.copies)

    def quotas(self, loss: Loss) -> Fit:
        """Tell whether what quotas promise fits in all zones together after a loss."""
        if not self.all_known:
            return Fit.UNKNOWN
        left = [space for zone in self.zones.values() for space in zone.left(loss.machines)]
        # Backups that are declared lie there already; volumes, snapshots and root disks may lie in any zone.
        free = [zone.holds_gb(loss.machines) - zone.stored.backup_gb for zone in self.zones.values()]
        holding = [gb for gb in free if gb > 0]
        # A volume finds no room only when every zone has less left than it needs.
        sure = sum(holding) - max(0, len(holding) - 1) * max(self.promise.largest_gb, LARGEST_ROOT_GB)
        least, most = (self.promise.storage_gb + gb for gb in self.promise.root_gb)
        stored = Fit.YES if most <= sure else Fit.NO if least > sum(holding) else Fit.UNKNOWN
        return worst((any_mix_fits(self.promise.space, _LARGEST, left), stored))

    def _others(self, loss: Loss) -> list[Zone]:
        return [zone for zone in self.zones.values() if zone.name != loss.datacentre]


def _badness(fit: Fit) -> int:
    return (Fit.YES, Fit.UNKNOWN, Fit.NO).index(fit)


def _of(host: Host, zone: Zone) -> Space:
    """Return what one more of a host has: as its like in the zone."""
    return next((space for path, space in zone.computing.items() if _is_of(path, host)), Space(0, 0))


def _is_of(path: str, host: Host) -> bool:
    return path.rpartition("/")[2] in {str(host.id), f"{host.id}-1"}


def _purchases(judge: _Judge, found: Sequence[Loss], verdicts: Iterable[Verdict]) -> Iterator[Purchase]:
    """Yield what to buy for the smallest kind of loss that a zone does not survive."""
    told: set[tuple[str, str]] = set()
    for verdict in sorted(verdicts, key=lambda verdict: (_ORDER[verdict.kind], verdict.zone)):
        some = [loss for loss in found if loss.kind is verdict.kind and loss.datacentre == verdict.zone]
        # What is lost with a whole site is bought for another; more hosts there do not help what lacks them already.
        others = [name for name in judge.zones if name != verdict.zone]
        zone = judge.zones[others[0] if verdict.kind is LossKind.SITE and others else verdict.zone]
        tests: tuple[tuple[str, Fit, Host | None, Callable[[Loss, int], Fit]], ...] = (
            ("servers", verdict.servers, zone.compute_model, judge.servers),
            ("storage", verdict.storage, zone.storage_model, judge.storage),
            ("snapshots", verdict.snapshots, zone.storage_model, judge.snapshots),
        )
        for what, fit, host, test in tests:
            if fit is not Fit.NO or host is None or (zone.name, what) in told:
                continue
            told.add((zone.name, what))
            if count := _fewest(some, test):
                yield Purchase(zone=zone.name, kind=verdict.kind, what=what, host=host, count=count)


def _fewest(some: Sequence[Loss], test: Callable[[Loss, int], Fit]) -> int:
    """Return the fewest more hosts with which all fits after each of some losses; 0 when that many never do."""
    for count in range(1, _MOST_BOUGHT + 1):
        if all(test(loss, count) is Fit.YES for loss in some):
            return count
    return 0
