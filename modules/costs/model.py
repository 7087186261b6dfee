"""The values that costs are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


class What(StrEnum):
    """What a line is about: the tenant's own use of the cloud, or its part of what is shared."""

    SERVER = "server"
    LICENCE = "licence"
    VOLUME = "volume"
    ENCRYPTED_VOLUME = "encrypted-volume"
    BACKUP = "backup"
    LOAD_BALANCER = "load-balancer"
    FLOATING_ADDRESS = "floating-address"
    DNS_ZONE = "dns-zone"
    SERVICE = "service"  # a part of what a shared service uses
    ZONES = "zones"  # a part of the DNS zones of the shared services
    SHARED = "shared"  # a part of a cost of the region


PARTS = (What.SERVICE, What.ZONES, What.SHARED)


def cents(amount: Decimal) -> Decimal:
    """Return an amount of euro in whole cents, half a cent up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def euro(price: Decimal) -> Decimal:
    """Return the same price with at least two decimals, as people write euro: 4.5 as 4.50, 0.075 as it is."""
    exponent = price.as_tuple().exponent
    return price.quantize(CENT) if isinstance(exponent, int) and exponent > -2 else price


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reason why a tenant pays.

    Its own: `quantity` of a `unit` at a `price` each. A part: `quantity` of the `of` units of all who share, at a
    `price` that is the whole.
    """

    what: What
    name: str  # size, image, service or shared cost; "" where there is one kind only
    label: str = ""
    quantity: Decimal
    of: Decimal | None = None
    unit: str
    price: Decimal
    amount: Decimal
    note: str = ""  # what the price is made of

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by within its tenant."""
        return self.what, self.name


def total(lines: Iterable[Line]) -> Decimal:
    """Return the sum of lines."""
    return sum((line.amount for line in lines), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCosts:
    """What one municipality pays for a month."""

    nis: str
    id: str
    name: str
    lines: tuple[Line, ...]

    def sum_of(self, *whats: What) -> Decimal:
        """Return the sum of the lines of these sorts."""
        return sum((line.amount for line in self.lines if line.what in whats), NOTHING)

    @property
    def own(self) -> Decimal:
        """What its own use of the cloud costs."""
        return self.total - self.sum_of(*PARTS)

    @property
    def total(self) -> Decimal:
        """The sum of all lines."""
        return total(self.lines)


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a region pays for a month, municipality by municipality, by NIS code."""

    estate: str
    tenants: tuple[TenantCosts, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all tenants."""
        return sum((tenant.total for tenant in self.tenants), NOTHING)

    @cached_property
    def by_nis(self) -> Mapping[str, TenantCosts]:
        """Every tenant by NIS code."""
        return {tenant.nis: tenant for tenant in self.tenants}

    def only(self, codes: tuple[str, ...]) -> Costs:
        """Return the costs of these municipalities; all when there are none."""
        kept = tuple(tenant for tenant in self.tenants if not codes or tenant.nis in codes)
        return Costs(estate=self.estate, tenants=kept)
