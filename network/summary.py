"""The plan as flat objects of texts: for the saved plan, for what changed since, and for exports."""

from __future__ import annotations

from typing import cast

from virgem.modules.changes import Objects
from virgem.network.model import FlowRule, LinkEnd, NetworkPlan, RouterPlan, Selector, WanLink, ZonePlan
from virgem.network.texts import address_text, network_text


def objects(plan: NetworkPlan) -> Objects:
    """Return every object of the plan by kind and key, made once for a plan."""
    known = plan.memo.get("summary")
    if known is None:
        known = plan.memo["summary"] = _objects(plan)
    return cast(Objects, known)


def _objects(plan: NetworkPlan) -> Objects:
    return {
        "municipality": {
            town.nis: {
                "name": town.id,
                "asn": str(town.asn),
                "ipv4": ", ".join(map(str, town.blocks4)),
                "ipv6": ", ".join(map(str, town.blocks6)),
                "hub": town.hub,
            }
            for town in plan.towns
        },
        "router": {router.key: _router(router) for router in plan.routers},
        "zone": {zone.key: _zone(zone) for router in plan.routers for zone in router.zones},
        "link": {link.key: _link(link) for link in plan.links},
        "vrf": {v.name: {"table": str(v.table), "vni": str(v.vni), "target": v.target} for v in plan.vrfs},
        "cloud-network": {
            n.key: {"ipv4": str(n.prefix4), "ipv6": str(n.prefix6), "datacentre": n.datacentre}
            for n in plan.cloud_networks
        },
        "cloud-address": {
            a.key: {"name": a.name, "network": a.network, "ipv4": str(a.address4), "ipv6": str(a.address6)}
            for a in (*plan.cloud_addresses, *plan.balancers)
        },
        "flow": {rule.id: _rule(rule) for rule in plan.rules},
    }


def _router(router: RouterPlan) -> dict[str, str]:
    return {
        "name": router.name,
        "place": router.place.value,
        "loopback4": str(router.loopback4),
        "loopback6": address_text(router.loopback6),
        "ipv4": ", ".join(map(str, router.blocks4)),
        "ipv6": ", ".join(map(network_text, router.blocks6)),
    }


def _zone(zone: ZonePlan) -> dict[str, str]:
    return {
        "kind": zone.zone.kind,
        "vlan": str(zone.vlan),
        "vrf": zone.vrf,
        "ipv4": network_text(zone.prefix4),
        "ipv6": network_text(zone.prefix6),
        "class": str(int(zone.zone.classification)),
    }


def _link(link: WanLink) -> dict[str, str]:
    a, b = link.ends
    return {
        "kind": link.kind,
        "capacity": str(link.capacity),
        "mtu": str(link.mtu),
        "cost": str(link.cost),
        "a": _end(a),
        "b": _end(b),
    }


def _end(end: LinkEnd) -> str:
    return f"{end.site} {end.interface} {end.address4} {network_text(end.address6)}"


def _rule(rule: FlowRule) -> dict[str, str]:
    return {
        "from": selector_text(rule.source),
        "to": selector_text(rule.target),
        "ports": ", ".join(rule.ports),
        "purpose": rule.purpose,
    }


def selector_text(selector: Selector) -> str:
    """Return one side of a flow for people: `zone kortrijk:voip`, `managed-zone *:*`, `service *:dns`."""
    parts = (selector.site or selector.town or "*", selector.name or "*", selector.kind or selector.icr)
    side = f"managed-{selector.side.value}" if selector.manager else selector.side.value
    return f"{side} {parts[0]}:{parts[1]}" + (f" ({parts[2]})" if parts[2] else "")
