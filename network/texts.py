"""Addresses as text, for the many: the libraries' own ways take most of the time of writing a large plan."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address

from netaddr import IPAddress, IPNetwork

_LOW = (1 << 64) - 1


def address_text(address: IPAddress) -> str:
    """Return an address as text."""
    return dotted(int(address)) if address.version == 4 else colons(int(address))


def network_text(network: IPNetwork) -> str:
    """Return an address with its prefix length as text."""
    return f"{address_text(network.ip)}/{network.prefixlen}"


def dotted(number: int) -> str:
    """Return an IPv4 address as text."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def colons(number: int) -> str:
    """Return an IPv6 address as text (RFC 5952)."""
    low = number & _LOW
    head = _subnet(number >> 64)
    # The zeros at the end of the subnet go on up to the last group; those at its beginning might be the longer run.
    if low < 1 << 16 and head.endswith("::") and not head.startswith("0"):
        return f"{head}{low:x}" if low else head
    return str(IPv6Address(number))


@lru_cache(maxsize=1 << 16)
def _subnet(high: int) -> str:
    """Return the first address of a /64: a zone asks for it once for each of its devices."""
    return str(IPv6Address(high << 64))
