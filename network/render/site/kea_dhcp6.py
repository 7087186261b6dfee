"""kea-dhcp6.json: IPv6 addresses, or for zones with autonomous addresses only the options, for the hosts of a site."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan, ZonePlan
from virgem.network.render import dhcp, names
from virgem.network.render.base import Renderer, single
from virgem.network.render.facts import facts
from virgem.network.render.frr.lan import autonomous
from virgem.network.texts import address_text

FILE = "kea-dhcp6.json"


def pool(zone: ZonePlan, prefix: str) -> str:
    """Return the pool: the 65,536 addresses from ::1:0; those below are for gateways and fixed addresses."""
    if autonomous(zone):
        return ""
    base = prefix.partition("/")[0].removesuffix("::")
    return f"{base}::1:0 - {base}::1:ffff"


def options(plan: NetworkPlan, router: RouterPlan) -> tuple[tuple[str, str], ...]:
    """Return the options that all zones of a site share."""
    known = facts(plan)
    return (
        ("dns-servers", ", ".join(known.resolvers.v6)),
        ("sntp-servers", ", ".join(known.clocks.v6)),
        ("domain-search", ", ".join(names.search(plan, router))),
    )


def subnet(plan: NetworkPlan, zone: ZonePlan, shared: tuple[tuple[str, str], ...]) -> str:
    """Return one zone's subnet."""
    prefix = facts(plan).zone_text[zone.key].prefix6
    fields = dhcp.fields(zone, prefix, pool(zone, prefix), dhcp.told(zone, shared))
    fields["preferred-lifetime"] = str(dhcp.LEASE[zone.icr] * 5 // 8)
    fields["reservations"] = dhcp.reservations(
        {"hw-address": r.mac, "ip-addresses": [address_text(r.address6)], "hostname": r.name} for r in zone.reservations
    )
    return dhcp.item(fields)


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return kea-dhcp6.json of a router."""
    zones = dhcp.zones(router)
    shared = options(plan, router)
    subnets = [subnet(plan, zone, shared) for zone in zones]
    return dhcp.document(router, 6, [names.lan(zone) for zone in zones], subnets)


RENDERER = Renderer(name="kea-dhcp6", files=FILE, render=single(FILE, text), checker=("kea-dhcp6", "-t", "{file}"))
