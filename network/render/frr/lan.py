"""Router advertisements in the zones of a site (RFC 4861, RFC 8106)."""

from __future__ import annotations

from collections.abc import Iterable

from virgem.modules.estate.kinds.types import Icr
from virgem.network.model import NetworkPlan, ZonePlan
from virgem.network.render import names
from virgem.network.render.facts import facts


def autonomous(zone: ZonePlan) -> bool:
    """Tell whether hosts make their own IPv6 addresses: visitors do; elsewhere every address is traceable by DHCPv6."""
    return zone.icr is Icr.VISITOR


def served(zone: ZonePlan) -> bool:
    """Tell whether the router hands out addresses in a zone."""
    return names.zone_kind(zone.zone.kind).dhcp


def advertisements(plan: NetworkPlan, zone: ZonePlan, search: Iterable[str], mtu: int) -> list[str]:
    """Return one zone's interface: prefix, flags that match its DHCPv6 service, name servers, MTU."""
    return [
        f"interface {names.lan(zone)}",
        f" description zone {zone.zone.id}{f' {zone.zone.label}' if zone.zone.label else ''}",
        f" ipv6 nd prefix {facts(plan).zone_text[zone.key].prefix6}{'' if autonomous(zone) else ' no-autoconfig'}",
        *_flags(zone),
        *(f" ipv6 nd rdnss {address}" for address in facts(plan).resolvers.v6),
        *(f" ipv6 nd dnssl {domain}" for domain in (() if zone.icr is Icr.VISITOR else search)),
        *_mtu(mtu),
        " ipv6 nd ra-interval 60",
        " ipv6 nd ra-lifetime 1800",
        " no ipv6 nd suppress-ra",
        "exit",
        "!",
    ]


def _flags(zone: ZonePlan) -> list[str]:
    if not served(zone):
        return []
    managed = [] if autonomous(zone) else [" ipv6 nd managed-config-flag"]
    return [*managed, " ipv6 nd other-config-flag"]


def _mtu(mtu: int) -> list[str]:
    return [f" ipv6 nd mtu {mtu}"] if mtu < names.ETHERNET_MTU else []
