"""kea-dhcp4.json: IPv4 addresses for the hosts of a site."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan, ZonePlan
from virgem.network.render import dhcp, names
from virgem.network.render.base import Renderer, single
from virgem.network.render.facts import facts

FILE = "kea-dhcp4.json"


def pool(zone: ZonePlan) -> str:
    """Return the pool: after the gateway and a quarter for fixed addresses, less where the planned hosts need it."""
    size = int(zone.prefix4.size)
    fixed = max(2, min(size // 4, size - 1 - int(zone.zone.hosts)))
    first = int(zone.prefix4.first)
    return f"{_dotted(first + fixed)} - {_dotted(first + max(size - 2, fixed))}"


def _dotted(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def subnet(plan: NetworkPlan, router: RouterPlan, zone: ZonePlan) -> str:
    """Return one zone's subnet; its VLAN is its id."""
    known = facts(plan)
    mtu = names.inner_mtu(router)
    domain = names.domain(plan, router)
    values = {
        "routers": str(zone.gateway4),
        "domain-name-servers": ", ".join(known.resolvers.v4),
        "ntp-servers": ", ".join(known.clocks.v4),
        "domain-name": domain,
        "domain-search": domain,
        "interface-mtu": str(mtu) if mtu < names.ETHERNET_MTU else "",
    }
    fields = {
        "id": zone.vlan,
        "subnet": str(zone.prefix4),
        "interface": names.lan(zone),
        "user-context": {"zone": zone.key},
        "valid-lifetime": dhcp.LEASE[zone.icr],
        "pools": [{"pool": pool(zone)}],
        "option-data": dhcp.options(values),
        "reservations": [
            {"hw-address": r.mac, "ip-address": str(r.address4), "hostname": r.name} for r in zone.reservations
        ],
    }
    return dhcp.item(fields)


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return kea-dhcp4.json of a router."""
    zones = dhcp.zones(router)
    subnets = [subnet(plan, router, zone) for zone in zones]
    return dhcp.document("Dhcp4", router, [names.lan(zone) for zone in zones], "subnet4", subnets)


RENDERER = Renderer(name="kea-dhcp4", files=FILE, render=single(FILE, text), checker=("kea-dhcp4", "-t", "{file}"))
