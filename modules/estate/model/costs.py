"""What the shared cloud costs: the operator's price list and the costs that the region shares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.scalars import Count, Identifier, Label, Money, Price


class SharingKey(StrEnum):
    """By what a cost is divided among municipalities."""

    INHABITANTS = "inhabitants"
    USAGE = "usage"
    FIXED = "fixed"


class Period(StrEnum):
    """How often an amount is due."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePrice(Located):
    """The price of servers of one size, in place of that of their cores, memory and disk."""

    shorthand: ClassVar[str] = "price"
    id: Identifier = key("The size: small, medium, large or xlarge.", written=False)
    price: Price = key("Euro for a server and month.", example="45.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(Located):
    """What the licence of an operating system image costs, beside the server itself."""

    shorthand: ClassVar[str] = "price"
    id: Identifier = key("The image.", written=False)
    price: Price = key("Euro for a server and month.", example="8.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight(Located):
    """How many parts of a cost a municipality bears, beside those of the others."""

    shorthand: ClassVar[str] = "parts"
    id: Identifier = key("Short name of the municipality.", written=False)
    parts: Count = key("Its parts.", example="2")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCost(Located):
    """A cost of the region as a whole, and how the municipalities share it.

    The parts add up to the amount to the cent (largest remainders).
    """

    id: Identifier = key("The cost's name.", written=False)
    label: Label | None = key("Display name.", default=None)
    amount: Money = key("Euro without VAT.", example="12000")
    per: Period = key(
        "How often it is due; of a year's amount a month bears a twelfth, to the cent.", default=Period.MONTH
    )
    by: SharingKey = key(
        "The sharing key. inhabitants: by the inhabitants of all municipalities (Statbel, 2025). usage: by what their "
        "own use of the cloud costs, in equal parts where that is nothing everywhere. fixed: in equal parts, or by "
        "`weights`.",
        name="key",
        example="inhabitants",
    )
    weights: tuple[Weight, ...] = key(
        "Of key `fixed`: the parts of each municipality; who is left out bears none.", default=(), keyed=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices(Located):
    """The price list: euro for a month, without VAT, at most four decimals. What has no price costs nothing."""

    core: Price = key("A processor core of a server.", default=Price("0"), example="4.50")
    ram: Price = key("A GiB of memory of a server.", default=Price("0"), example="1.80")
    disk: Price = key("A GiB of the root disk of a server.", default=Price("0"), example="0.05")
    sizes: tuple[SizePrice, ...] = key("Sizes of servers with a price of their own.", default=(), keyed=True)
    licences: tuple[Licence, ...] = key("Images whose licence costs something.", default=(), keyed=True)
    volume: Price = key("A GiB of volume.", default=Price("0"), example="0.06")
    encrypted_volume: Price | None = key(
        "A GiB of encrypted volume; when left out, that of any volume.", default=None, example="0.075"
    )
    backup: Price = key(
        "A GiB of a volume that is backed up in the other datacentre, beside the volume itself.",
        default=Price("0"),
        example="0.03",
    )
    load_balancer: Price = key("A load balancer, of both families.", default=Price("0"), example="12.50")
    floating_address: Price = key("A floating address.", default=Price("0"), example="2.50")
    dns_zone: Price = key("A DNS zone of a tenant.", default=Price("0"), example="1.00")
    services: SharingKey = key(
        "The key by which each shared service's own use of the cloud is divided among the municipalities that use the "
        "service, or among all where none says so.",
        default=SharingKey.INHABITANTS,
    )
    shared: tuple[SharedCost, ...] = key("Costs of the region as a whole.", default=(), keyed=True)
