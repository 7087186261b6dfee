"""The hosts and switches of a datacentre one by one: names, places, feeds and addresses of all that are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netaddr import IPAddress

from virgem.modules.estate.model.cloud import Datacentre
from virgem.modules.estate.model.hardware import Host, HostRole, PowerFeed, Rack, RackSwitch
from virgem.modules.estate.scalars import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One host or switch where it stands."""

    name: str  # "compute-3", unique within its datacentre
    datacentre: str
    of: Host | RackSwitch
    rack: Rack
    position: int  # its lowest unit
    bmc: IPAddress | None
    address: IPAddress | None

    @property
    def path(self) -> str:
        """`datacentre/name`."""
        return f"{self.datacentre}/{self.name}"

    @property
    def host_name(self) -> str:
        """Its name in the cloud and in inventories, where names of all datacentres stand together: `west-compute-3`."""
        return f"{self.datacentre}-{self.name}"

    @property
    def top(self) -> int:
        """Its highest unit."""
        return self.position + self.of.height - 1

    @property
    def feeds(self) -> tuple[PowerFeed, ...]:
        """The feeds of its rack that it hangs on."""
        return tuple(feed for feed in self.rack.feeds if not self.of.feeds or feed.id in self.of.feeds)

    @property
    def roles(self) -> tuple[HostRole, ...]:
        """What it does in the cloud; a switch does nothing there."""
        return self.of.roles if isinstance(self.of, Host) else ()


def machines(centre: Datacentre) -> tuple[Machine, ...]:
    """Return every host and every switch of a datacentre, in the order of the text."""
    groups: tuple[Host | RackSwitch, ...] = (*centre.hosts, *centre.switches)
    return tuple(machine for group in groups for machine in _alike(centre, group))


def hosts(centre: Datacentre, role: HostRole | None = None) -> tuple[Machine, ...]:
    """Return the hosts of a datacentre, those with a role or all."""
    found = (machine for machine in machines(centre) if isinstance(machine.of, Host))
    return tuple(machine for machine in found if role is None or role in machine.roles)


def held_by(groups: Sequence[Host], copies: int, fill: int) -> Mapping[str, int]:
    """Return what hosts hold for tenants, by the key of the datacentre that follows from it.

    `cores` are hardware threads, `ram_gb` is memory that is not reserved: both where any host computes. `storage_gb` is
    what may be filled, divided by the copies: where any host stores. `copies` and `fill` are those of the datacentre.
    """
    found: dict[str, int] = {}
    if computing := [group for group in groups if HostRole.COMPUTE in group.roles]:
        found["cores"] = sum(group.count * group.vcpus for group in computing)
        found["ram_gb"] = sum(group.count * max(0, group.ram_gb - group.reserved_ram_gb) for group in computing)
    if storing := [group for group in groups if HostRole.STORAGE in group.roles]:
        found["storage_gb"] = sum(group.count * group.storage_gb for group in storing) * fill // (100 * copies)
    return found


def _alike(centre: Datacentre, group: Host | RackSwitch) -> Iterator[Machine]:
    known = {rack.id: rack for rack in centre.racks}
    racks = [known[name] for name in group.rack if name in known]
    for index in range(group.count if racks else 0):
        turn, place = divmod(index, len(racks))
        yield Machine(
            name=f"{group.id}-{index + 1}" if group.count > 1 else group.id,
            datacentre=centre.id,
            of=group,
            rack=racks[place],
            position=group.position + turn * group.height,
            bmc=_next(group.bmc, index),
            address=_next(group.address, index) if isinstance(group, Host) else None,
        )


def _next(first: Address | None, index: int) -> IPAddress | None:
    """Return the address so many after the first; None beyond the last that there is."""
    if first is None or int(first.address) + index >= 2 ** (32 if first.address.version == 4 else 128):
        return None
    return first.address + index
