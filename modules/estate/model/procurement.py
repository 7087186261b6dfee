"""Central purchasing: contracts, catalogue, profiles, orders and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.model.refs import (
    ContractRef,
    DeviceKindName,
    EntityRef,
    ItemRef,
    MunicipalityRef,
    OrderRef,
    OwnerRef,
    ProfileRef,
    SiteRef,
    ZoneKindName,
)
from virgem.modules.estate.scalars import (
    Count,
    Date,
    Description,
    Identifier,
    KboNumber,
    Label,
    Money,
    PortName,
    PortPath,
    TaggedName,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPort(Located):
    """A physical port of a router: the name it gets and where it sits, `lan0: pci-0000:01:00.0`.

    The files of a router call its ports so: `lan0` leads to the switches, `wan0`, `wan1` and on to the far ends of
    links that are no tunnels, `inet0` and `wwan0` to the public networks that tunnels cross (each link kind says
    which), at a datacentre `cloud0` to the cloud and `up-<name>` to an upstream network. Where the profile of a site's
    router has no ports, nothing is rendered for this, and the ports must bear these names already.
    """

    shorthand: ClassVar[str] = "path"
    id: PortName = key("The port's name.", written=False)
    path: PortPath = key("Its path as udev says it (ID_PATH).", example="pci-0000:01:00.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile(Located):
    """A functional and technical specification of a device, ordered and managed as one."""

    id: Identifier = key("The profile's name.", written=False)
    kind: DeviceKindName = key("Device kind.")
    label: Label | None = key("Display name.", default=None)
    label_nl: Label | None = key("Display name on Dutch pages; when left out, the label.", default=None)
    zone: ZoneKindName | None = key("The zone it lives in; when left out, the kind's.", default=None)
    cores: Count | None = key("Processor cores, at least.", default=None)
    ram_gb: Count | None = key("Memory in GiB, at least.", default=None)
    storage_gb: Count | None = key("Storage in GiB, at least.", default=None)
    watts: Count | None = key("Power drawn in W, at most.", default=None)
    warranty_years: Count = key("Warranty in years, at least.", default=Count(3))
    support_years: Count | None = key("Years until replacement; when left out, the kind's.", default=None)
    ports: tuple[NetworkPort, ...] = key(
        "Of a router: its physical ports by name, all that its sites use.", default=(), keyed=True
    )
    description: Description | None = key("What it is for.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot(Located):
    """A lot of a frame contract."""

    id: Identifier = key("The lot's name.", written=False)
    label: Label | None = key("Display name.", default=None)
    ceiling: Money | None = key("Highest total of orders, in euro without VAT.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem(Located):
    """Something that can be ordered under a contract."""

    id: Identifier = key("The item's name.", written=False)
    path: str = key("contract/item", written=False)
    lot: Identifier | None = key("The lot it belongs to.", default=None)
    profile: ProfileRef | None = key("The device profile it meets.", default=None)
    model: Label = key("Maker and model.")
    price: Money = key("Price in euro without VAT.")
    list_price: Money | None = key("List price, for the saving.", default=None)
    cores: Count | None = key("Processor cores.", default=None)
    ram_gb: Count | None = key("Memory in GiB.", default=None)
    storage_gb: Count | None = key("Storage in GiB.", default=None)
    watts: Count | None = key("Power drawn in W.", default=None)
    warranty_years: Count | None = key("Warranty in years.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Located):
    """A frame contract: who may order what from whom, until when and up to how much."""

    id: Identifier = key("The contract's name.", written=False)
    label: Label | None = key("Display name.", default=None)
    authority: Label = key("The contracting authority.")
    supplier: Label = key("The supplier.")
    supplier_kbo: KboNumber | None = key("KBO number of the supplier.", default=None)
    start: Date = key("First day.")
    end: Date = key("Last day.")
    ceiling: Money = key("Highest total of orders, in euro without VAT.")
    may_order: tuple[MunicipalityRef, ...] = key("Who may order; when left out, all.", default=())
    lots: tuple[Lot, ...] = key("Lots.", default=(), keyed=True)
    items: tuple[CatalogueItem, ...] = key("Catalogue.", default=(), keyed=True)
    owner: OwnerRef | None = key("Owner role.", default=None)


class Status(StrEnum):
    """The four steps of the generic process, and its two other ends."""

    INTAKE = "intake"
    TREATED = "treated"
    DECIDED = "decided"
    DELIVERED = "delivered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine(Located):
    """So many of one item."""

    item: ItemRef = key("Catalogue item, `contract/item` or an item of the order's contract.")
    quantity: Count = key("How many.")
    site: SiteRef | None = key("Where they go.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Located):
    """An order of a municipality under a frame contract."""

    id: TaggedName = key("The order's number.", written=False)
    path: str = key("municipality/order", written=False)
    contract: ContractRef = key("The frame contract.")
    date: Date = key("Day of the request.")
    status: Status = key("Step of the process.", default=Status.INTAKE)
    entity: EntityRef | None = key("The entity that pays.", default=None)
    requested_by: OwnerRef | None = key("Role that asks.", default=None)
    approved_by: OwnerRef | None = key("Role that approves; never the one that asks.", default=None)
    lines: tuple[OrderLine, ...] = key("What is ordered.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine(Located):
    """So many of one item, with the serial numbers that arrived."""

    item: ItemRef = key("Catalogue item.")
    quantity: Count = key("How many arrived.")
    serials: tuple[TaggedName, ...] = key("Serial numbers.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Located):
    """What arrived for an order."""

    id: TaggedName = key("The delivery note's number.", written=False)
    path: str = key("municipality/delivery", written=False)
    order: OrderRef = key("The order.")
    date: Date = key("Day of arrival.")
    lines: tuple[DeliveryLine, ...] = key("What arrived.")
