"""What a tenant's own use of the cloud costs, line by line. What has no price is no line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from virgem.modules.cloud import dns, lasting
from virgem.modules.cloud.tenants import Tenant
from virgem.modules.costs.model import Line, What, cents, euro
from virgem.modules.estate.model import Estate, Prices
from virgem.modules.estate.sizes import SIZES


def own_lines(estate: Estate, prices: Prices, tenant: Tenant) -> tuple[Line, ...]:
    """Return the lines of all that a tenant declares."""
    return (*use_lines(estate, prices, tenant), *zone_lines(estate, prices, tenant))


def use_lines(estate: Estate, prices: Prices, tenant: Tenant) -> tuple[Line, ...]:
    """Return the lines of servers, volumes, load balancers and floating addresses."""
    balancers = _line(What.LOAD_BALANCER, "", len(tenant.balancers), "load balancer", prices.load_balancer.amount)
    hosts = (*(host for kit in tenant.kits for host in kit.hosts), *tenant.balancers)
    count = sum(1 for host in hosts if host.floating)
    floating = _line(What.FLOATING_ADDRESS, "", count, "address", prices.floating_address.amount)
    return (*_servers(prices, tenant), *_volumes(estate, prices, tenant), *balancers, *floating)


def zone_lines(estate: Estate, prices: Prices, tenant: Tenant) -> tuple[Line, ...]:
    """Return the line of DNS zones."""
    return tuple(_line(What.DNS_ZONE, "", len(dns.zones(estate, tenant)), "zone", prices.dns_zone.amount))


def _servers(prices: Prices, tenant: Tenant) -> Iterator[Line]:
    sizes: Counter[str] = Counter()
    images: Counter[str] = Counter()
    for kit in tenant.kits:
        sizes[kit.flavor] += len(kit.hosts)
        images[kit.image] += len(kit.hosts)
    for size in SIZES:
        price, note = size_price(prices, size)
        yield from _line(What.SERVER, size, sizes[size], "server", price, note)
    for licence in sorted(prices.licences, key=lambda licence: licence.id):
        yield from _line(What.LICENCE, licence.id, images[licence.id], "server", licence.price.amount)


def size_price(prices: Prices, size: str) -> tuple[Decimal, str]:
    """Return what a server of a size costs, and what that is made of."""
    named = next((one.price.amount for one in prices.sizes if one.id == size), None)
    if named is not None:
        return named, "price of the size"
    parts = SIZES[size]
    counted = (
        (parts.cores, "cores", prices.core.amount),
        (parts.ram_gb, "GiB memory", prices.ram.amount),
        (parts.disk_gb, "GiB disk", prices.disk.amount),
    )
    note = " + ".join(f"{count} {what} x {euro(price)}" for count, what, price in counted if price)
    return sum((count * price for count, _, price in counted), Decimal(0)), note


def _volumes(estate: Estate, prices: Prices, tenant: Tenant) -> Iterator[Line]:
    found = lasting.volumes(estate, tenant)
    plain = sum(volume.size_gb for volume in found if not volume.encrypted)
    encrypted = sum(volume.size_gb for volume in found if volume.encrypted)
    backup = sum(volume.size_gb for volume in found if "backup" in volume.metadata)
    yield from _line(What.VOLUME, "", plain, "GiB", prices.volume.amount)
    yield from _line(What.ENCRYPTED_VOLUME, "", encrypted, "GiB", (prices.encrypted_volume or prices.volume).amount)
    yield from _line(What.BACKUP, "", backup, "GiB", prices.backup.amount)


def _line(what: What, name: str, count: int, unit: str, price: Decimal, note: str = "") -> Iterator[Line]:
    if count and price:
        quantity = Decimal(count)
        amount = cents(quantity * price)
        yield Line(what=what, name=name, quantity=quantity, unit=unit, price=euro(price), amount=amount, note=note)
