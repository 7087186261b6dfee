"""Whose staff use a server: those of its own municipality, and for protected data only those that somebody named."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.bodies import entity_of
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, check, item
from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model import CloudShare, Flow, Municipality, Server
from virgem.modules.estate.model.cloud import Tier

# From this ICR class on, and for personal data of any class, who uses a server is never left to a default.
_PROTECTED = 4


def _protected(facts: Facts) -> Iterator[tuple[Municipality, CloudShare, Server, str]]:
    """Yield every server that is to be open to named bodies only, with why."""
    for town in facts.estate.municipalities:
        if town.cloud is None:
            continue
        personal = {dataset.path for dataset in town.cloud.datasets if dataset.personal}
        holders = {str(volume.server): volume.dataset for volume in town.cloud.volumes if volume.dataset in personal}
        for server in town.cloud.servers:
            if server.path in holders:
                yield town, town.cloud, server, f"with personal data ({holders[server.path]})"
            elif server.classification >= _PROTECTED:
                yield town, town.cloud, server, f"of class {server.classification}"


@check("E741")
def protected_servers_are_open_to_named_bodies_only(facts: Facts) -> Iterator[Finding]:
    for _, share, server, why in _protected(facts):
        if "users" not in server.origin.keys and server.users and _offers(share, server):
            message = f"server {server.path} {why} is open to staff of {_list(server.users)}, whom nobody named"
            yield Finding(server.origin.at("users"), message, "name who uses it: `users: [ocmw]`", server.path)
    reached = list(_opened(facts))
    for town, share, server, why in _protected(facts):
        for flow, entities in reached:
            others = sorted(e for e in entities - set(server.users) if e.startswith(f"{town.id}/"))
            if others and _ends_at(flow, town, share, server):
                message = f"flow {flow.id} opens {server.path} {why} to users of {_list(others)}, not named by it"
                hint = "name them in its `users`, or let the flow start from fewer zones"
                place = (server.origin.at("users"),)
                yield Finding(flow.origin.at("from"), message, hint, flow.id, place)


def _offers(share: CloudShare, server: Server) -> bool:
    """Tell whether staff reach a server by default: it serves something, in a tier that is open to them."""
    balanced = any(server.path in balancer.servers for balancer in share.load_balancers)
    return server.tier in (Tier.DMZ, Tier.APPLICATION) and (bool(server.serves) or balanced)


def _opened(facts: Facts) -> Iterator[tuple[Flow, frozenset[str]]]:
    """Yield the registered flows that start from users, with the entities of these."""
    for flow, source, target in facts.flows:
        if source.zone and Icr.USER in source.icrs and target.town:
            yield flow, frozenset(_entities(facts, flow))


def _entities(facts: Facts, flow: Flow) -> Iterator[str]:
    where, what = flow.source.where, flow.source.what_there
    for site, zone in facts.zones:
        kind = zone_kinds()[zone.kind]
        here = where in ("*", site.municipality, site.path)
        if here and kind.icr is Icr.USER and what in (zone.id, zone.kind, kind.icr.value, "*"):
            yield entity_of(facts.town(site), site, zone)


def _ends_at(flow: Flow, town: Municipality, share: CloudShare, server: Server) -> bool:
    """Tell whether a flow ends at a server: at itself, a load balancer before it, its tier, or all of its town."""
    servers = {other.id for other in share.servers}
    before = {balancer.id for balancer in share.load_balancers if server.path in balancer.servers}
    what = flow.target.what_there
    tier = what == server.tier.value and what not in servers
    return flow.target.where == town.id and (what in (server.id, "*", *before) or tier)


def _list(paths: tuple[str, ...] | list[str]) -> str:
    return ", ".join(map(str, paths))


@check("E742")
def servers_are_used_within_their_municipality(facts: Facts) -> Iterator[Finding]:
    for server in facts.servers.values():
        town = server.path.partition("/")[0]
        for index, entity in enumerate(server.users):
            if entity.partition("/")[0] != town:
                message = f"server {server.path} is used by {entity}, which is of another municipality"
                hint = "offer it as a shared service, or register a flow that passes a DMZ"
                yield Finding(item(server, "users", index), message, hint, server.path)
