"""What stands in a datacentre: rooms, racks with their power feeds, hosts and switches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.scalars import (
    Address,
    Count,
    Identifier,
    InterfaceName,
    Label,
    RackUnit,
)


class HostRole(StrEnum):
    """What a host does in the cloud; the groups that Kolla-Ansible installs by."""

    CONTROL = "control"
    NETWORK = "network"
    COMPUTE = "compute"
    STORAGE = "storage"
    MONITORING = "monitoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Located):
    """A room of a datacentre: what is lost together by fire, water or a door that stays shut."""

    shorthand: ClassVar[str] = "label"
    id: Identifier = key("The room's name.", written=False)
    label: Label | None = key("Display name.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFeed(Located):
    """A power feed of a rack, `a: 7360`.

    Feeds of one side hang on one supply in the datacentre (a UPS, a panel) and fail together.
    """

    shorthand: ClassVar[str] = "watts"
    id: Identifier = key("The feed's name.", written=False)
    watts: Count = key(
        "What it carries for long, in W: volts times amperes of its breaker, less what your rules keep free.",
        example="5900",
    )
    side: Identifier | None = key("The side it is on; when left out, its own name.", default=None)

    @property
    def of_side(self) -> str:
        """The side it is on."""
        return self.side or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack(Located):
    """A rack; its units are counted from the bottom, from 1."""

    id: Identifier = key("The rack's name.", written=False)
    room: Identifier | None = key("The room it stands in.", default=None)
    label: Label | None = key("Display name.", default=None)
    height: RackUnit = key("Units (U) of room.", default=RackUnit(42))
    feeds: tuple[PowerFeed, ...] = key("Its power feeds.", default=(), keyed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostInterfaces(Located):
    """Network interfaces of a host, as its operating system calls them; each becomes a setting of Kolla-Ansible."""

    shorthand: ClassVar[str] = "network"
    network: InterfaceName | None = key("For management and all that has none of its own.", default=None)
    external: InterfaceName | None = key("Towards networks outside the cloud; it bears no address.", default=None)
    tunnel: InterfaceName | None = key("For traffic between virtual servers.", default=None)
    migration: InterfaceName | None = key("For moving virtual servers between hosts.", default=None)
    api: InterfaceName | None = key("For the cloud's own services among each other.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Located):
    """A host of a datacentre, or several alike.

    Several alike are `name-1`, `name-2` and on, dealt over the racks in turn; those of one rack stand above each other.
    """

    id: Identifier = key("The host's name.", written=False)
    roles: tuple[HostRole, ...] = key("What it does in the cloud; one or a list.", example="compute")
    rack: tuple[Identifier, ...] = key("The rack it stands in; a list deals several alike over racks.")
    position: RackUnit = key("Its lowest unit in the rack; of several alike, that of the first in each rack.")
    height: RackUnit = key("Units (U) it takes.", default=RackUnit(1))
    count: Count = key("How many alike.", default=Count(1))
    model: Label | None = key("Maker and model.", default=None)
    cores: Count = key("Processor cores.")
    threads: Count | None = key("Hardware threads; when left out, as many as cores.", default=None)
    ram_gb: Count = key("Memory in GiB.")
    reserved_ram_gb: Count = key(
        "Memory in GiB that no virtual server gets: for the system, agents and storage. Nova's own default, half a "
        "GiB, leaves too little for those; 8 is a choice of this project.",
        default=Count(8),
    )
    storage_gb: Count = key(
        "Raw disk space for root disks, volumes, snapshots and backups in GiB, before copies.", default=Count(0)
    )
    watts: Count = key("Power drawn in W, at most.")
    feeds: tuple[Identifier, ...] = key("Feeds of its rack that it hangs on; when left out, all.", default=())
    bmc: Address | None = key(
        "Address of its out-of-band management; the next alike have the next addresses.", default=None
    )
    address: Address | None = key(
        "Address for management by ssh; the next alike have the next addresses.", default=None
    )
    interfaces: HostInterfaces | None = key("Names of its network interfaces.", default=None)

    @property
    def vcpus(self) -> int:
        """What Nova counts as its processors before overcommit: hardware threads."""
        return int(self.threads if self.threads is not None else self.cores)


@dataclass(frozen=True, slots=True, kw_only=True)
class RackSwitch(Located):
    """A switch of a datacentre, or several alike; they are named and placed as hosts are."""

    id: Identifier = key("The switch's name.", written=False)
    rack: tuple[Identifier, ...] = key("The rack it stands in; a list deals several alike over racks.")
    position: RackUnit = key("Its lowest unit in the rack; of several alike, that of the first in each rack.")
    height: RackUnit = key("Units (U) it takes.", default=RackUnit(1))
    count: Count = key("How many alike.", default=Count(1))
    model: Label | None = key("Maker and model.", default=None)
    watts: Count = key("Power drawn in W, at most.")
    feeds: tuple[Identifier, ...] = key("Feeds of its rack that it hangs on; when left out, all.", default=())
    bmc: Address | None = key("Address of its management port; the next alike have the next addresses.", default=None)
