"""What a packet is to a filter: a source, a service and a destination; a service is a protocol with a port or a type.

A service is one number, `protocol << 16 | port` (IANA's number of the protocol): TCP and UDP have ports, ICMP has
`type << 8 | code` (RFC 792, RFC 4443), any other protocol has nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from netaddr import IPAddress

from virgem.network.enforcement.space import Space, Span, Spans, merged

Version = Literal[4, 6]
VERSIONS: tuple[Version, Version] = (4, 6)
WIDTH: Mapping[Version, int] = {4: 32, 6: 128}
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "ospf": 89}
ICMP = {4: "icmp", 6: "icmpv6"}
TOP_SERVICE = (1 << 24) - 1
EVERY_SERVICE: Spans = ((0, TOP_SERVICE),)
# The first packet of an echo (RFC 792, RFC 4443): what "icmp" in the matrix lets routers pass.
ECHO = {4: 8, 6: 128}
_NAMES = {number: name for name, number in PROTOCOLS.items()}


def space(version: Version) -> Space:
    """Return the space of packets of a family: by source, service and destination."""
    top = (1 << WIDTH[version]) - 1
    return Space((top, TOP_SERVICE, top))


def every_address(version: Version) -> Spans:
    """Return all addresses of a family."""
    return ((0, (1 << WIDTH[version]) - 1),)


def of_protocol(name: str, low: int = 0, high: int = 0xFFFF) -> Span:
    """Return the services of a protocol between two ports."""
    number = PROTOCOLS[name] << 16
    return number | low, number | high


def of_type(name: str, low: int, high: int) -> Span:
    """Return the services of ICMP, or ICMPv6, between two types, whatever their code."""
    return of_protocol(name, low << 8, high << 8 | 0xFF)


@lru_cache(maxsize=4096)
def services(ports: tuple[str, ...], version: Version, whole_icmp: bool) -> Spans:
    """Return what ports of a flow stand for: "tcp/443", "udp/10000-20000", "tcp", "icmp" or "any".

    `whole_icmp`: all of ICMP, as security groups take it; else only what begins an exchange.
    """
    return merged(_service(text, version, whole_icmp) for text in ports)


def _service(text: str, version: Version, whole_icmp: bool) -> Span:
    name, _, span = text.partition("/")
    if name == "any":
        return EVERY_SERVICE[0]
    if name == "icmp":
        return of_protocol(ICMP[version]) if whole_icmp else of_type(ICMP[version], ECHO[version], ECHO[version])
    first, _, last = span.partition("-")
    return of_protocol(name, int(first), int(last or first)) if span else of_protocol(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """The first packet of a connection."""

    version: Version
    source: int
    service: int
    target: int

    @property
    def protocol(self) -> str:
        """The name of its protocol, or its number where it is none of those known here."""
        number = self.service >> 16
        return _NAMES.get(number, f"protocol {number}")

    @property
    def port(self) -> int:
        """Its port, or the type of ICMP."""
        low = self.service & 0xFFFF
        return low >> 8 if self.protocol in ICMP.values() else low

    def __str__(self) -> str:
        """Return it as people write it: "10.0.0.1 > 10.0.2.9 tcp/443"."""
        ends = (IPAddress(self.source, self.version), IPAddress(self.target, self.version))
        service = f"{self.protocol}/{self.port}" if self.protocol in PROTOCOLS else self.protocol
        return f"{ends[0]} > {ends[1]} {service}"


def packet(version: Version, point: Iterable[int]) -> Packet:
    """Return a point of the space of a family as a packet."""
    source, service, target = point
    return Packet(version=version, source=source, service=service, target=target)
