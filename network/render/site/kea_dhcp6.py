"""kea-dhcp6.json: IPv6 addresses, or for zones with autonomous addresses only the options, for the hosts of a site."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan, ZonePlan
from virgem.network.render import dhcp, names
from virgem.network.render.base import Renderer, single
from virgem.network.render.facts import facts
from virgem.network.render.frr.lan import autonomous

FILE = "kea-dhcp6.json"


def pool(zone: ZonePlan) -> str:
    """Return the pool: the 65,536 addresses from ::1:0; those below are for gateways and fixed addresses."""
    base = str(zone.prefix6.network).removesuffix("::")
    return f"{base}::1:0 - {base}::1:ffff"


def subnet(plan: NetworkPlan, router: RouterPlan, zone: ZonePlan) -> str:
    """Return one zone's subnet; its VLAN is its id."""
    known = facts(plan)
    values = {
        "dns-servers": ", ".join(known.resolvers.v6),
        "sntp-servers": ", ".join(known.clocks.v6),
        "domain-search": names.domain(plan, router),
    }
    fields = {
        "id": zone.vlan,
        "subnet": str(zone.prefix6),
        "interface": names.lan(zone),
        "user-context": {"zone": zone.key},
        "valid-lifetime": dhcp.LEASE[zone.icr],
        "preferred-lifetime": dhcp.LEASE[zone.icr] * 5 // 8,
        "pools": [] if autonomous(zone) else [{"pool": pool(zone)}],
        "option-data": dhcp.options(values),
        "reservations": [
            {"hw-address": r.mac, "ip-addresses": [str(r.address6)], "hostname": r.name} for r in zone.reservations
        ],
    }
    return dhcp.item(fields)


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return kea-dhcp6.json of a router."""
    zones = dhcp.zones(router)
    subnets = [subnet(plan, router, zone) for zone in zones]
    return dhcp.document("Dhcp6", router, [names.lan(zone) for zone in zones], "subnet6", subnets)


RENDERER = Renderer(name="kea-dhcp6", files=FILE, render=single(FILE, text), checker=("kea-dhcp6", "-t", "{file}"))
