"""Central purchasing: contracts, catalogue, profiles, orders and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
from virgem.modules.estate.scalars import Count, Date, Description, Identifier, KboNumber, Label, Money, TaggedName


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile(Located):
    """A functional and technical specification of a device, ordered and managed as one."""

    id: Identifier = key("The profile's name.", written=False)
    kind: DeviceKindName = key("Device kind.")
    label: Label | None = key("Display name.", default=None)
    zone: ZoneKindName | None = key("The zone it lives in; when left out, the kind's.", default=None)
    cores: Count | None = key("Processor cores, at least.", default=None)
    ram_gb: Count | None = key("Memory in GiB, at least.", default=None)
    storage_gb: Count | None = key("Storage in GiB, at least.", default=None)
    watts: Count | None = key("Power drawn in W, at most.", default=None)
    warranty_years: Count = key("Warranty in years, at least.", default=Count(3))
    support_years: Count | None = key("Years until replacement; when left out, the kind's.", default=None)
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
