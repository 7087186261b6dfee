"""kea-dhcp4.json: IPv4 addresses for the hosts of a site."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan, ZonePlan
from virgem.network.render import dhcp, names
from virgem.network.render.base import Renderer, single
from virgem.network.render.facts import facts
from virgem.network.texts import address_text, dotted

FILE = "kea-dhcp4.json"


def pool(zone: ZonePlan) -> str:
    """Return the pool: after the gateway and a quarter for fixed addresses, less where the planned hosts need it."""
    size = 1 << (32 - zone.prefix4.prefixlen)
    fixed = max(2, min(size // 4, size - 1 - int(zone.zone.hosts)))
    first = int(zone.prefix4.first)
    return f"{dotted(first + fixed)} - {dotted(first + max(size - 2, fixed))}"


def options(plan: NetworkPlan, router: RouterPlan) -> tuple[tuple[str, str], ...]:
    """Return the options that all zones of a site share."""
    known, mtu = facts(plan), names.inner_mtu(router)
    return (
        ("domain-name-servers", ", ".join(known.resolvers.v4)),
        ("ntp-servers", ", ".join(known.clocks.v4)),
        ("domain-name", names.domain(plan, router)),
        ("domain-search", ", ".join(names.search(plan, router))),
        ("interface-mtu", str(mtu) if mtu < names.ETHERNET_MTU else ""),
    )


def subnet(plan: NetworkPlan, zone: ZonePlan, shared: tuple[tuple[str, str], ...]) -> str:
    """Return one zone's subnet."""
    texts = facts(plan).zone_text[zone.key]
    gateway = texts.gateway4.partition("/")[0]
    fields = dhcp.fields(zone, texts.prefix4, pool(zone), (("routers", gateway), *dhcp.told(zone, shared)))
    fields["reservations"] = dhcp.reservations(
        {"hw-address": r.mac, "ip-address": address_text(r.address4), "hostname": r.name} for r in zone.reservations
    )
    return dhcp.item(fields)


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return kea-dhcp4.json of a router."""
    zones = dhcp.zones(router)
    shared = options(plan, router)
    subnets = [subnet(plan, zone, shared) for zone in zones]
    return dhcp.document(router, 4, [names.lan(zone) for zone in zones], subnets)


RENDERER = Renderer(name="kea-dhcp4", files=FILE, render=single(FILE, text), checker=("kea-dhcp4", "-t", "{file}"))
