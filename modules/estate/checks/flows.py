"""Registered flows: between which zones (ICR), how narrow, and registered with whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from netaddr import IPNetwork, IPSet

from virgem.modules.estate.addresses import hidden
from virgem.modules.estate.checks.ends import End
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, item, lacks
from virgem.modules.estate.kinds import service_kinds, upstream_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model import Flow, LoadBalancer, Server
from virgem.modules.estate.scalars import Endpoint

# A range of more ports than this is no least privilege; a choice of this project.
_PORTS = 1000
_SOON = timedelta(days=60)
# What a registration with a Flemish building block consists of (MAGDA onboarding).
_REGISTERED = ("responsible", "processor", "purpose_code", "environment", "common_name", "expires", "logs")


@check("E521")
def visitors_reach_the_dmz_only(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        if _lets_visitors_in(source, target):
            message = f"flow {flow.id} lets visitors ({flow.source}) reach {flow.target}, which is no DMZ"
            hint = "put what visitors may use behind a shared service in a DMZ"
            yield Finding(flow.origin.at("to"), message, hint, flow.id)


def _lets_visitors_in(source: End, target: End) -> bool:
    return Icr.VISITOR in source.icrs and not target.public and _closed_to_visitors(target)


def _closed_to_visitors(target: End) -> bool:
    if target.services:
        return any(Icr.VISITOR not in service_kinds()[service.kind].users for service in target.services)
    return target.upstream is not None or bool(target.outside_dmz() - {Icr.VISITOR}) or target.data


@check("E522")
def nobody_reaches_into_visitor_zones(facts: Facts) -> Iterator[Finding]:
    for flow, _, target in facts.flows:
        if Icr.VISITOR in target.icrs:
            message = f"flow {flow.id} goes into a visitor zone ({flow.target}); nothing may start towards it"
            yield Finding(flow.origin.at("to"), message, "leave the flow out, or name another zone", flow.id)


@check("E523")
def devices_are_reached_through_a_mediator(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        if source.public and Icr.DEVICE in target.icrs:
            message = f"flow {flow.id} reaches devices ({flow.target}) straight from a public network ({flow.source})"
            hint = "let it end at a component in a DMZ, and register the flow from there"
            yield Finding(flow.origin.at("to"), message, hint, flow.id)


@check("E524")
def users_leave_through_a_filter(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        if target.public and Icr.USER in source.icrs:
            message = f"flow {flow.id} takes users ({flow.source}) straight to a public network ({flow.target})"
            filters = (s.id for s in facts.estate.services if service_kinds()[s.kind].filters)
            hint = f"send them to shared:{next(filters, '')}, which filters"
            yield Finding(flow.origin.at("from"), message, hint, flow.id)


@check("E525")
def public_networks_end_in_a_dmz(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        inside = target.outside_dmz() & {Icr.APPLICATION, Icr.USER}
        if source.public and (inside or target.data):
            message = f"flow {flow.id} from a public network ({flow.source}) ends at {flow.target}, outside a DMZ"
            yield Finding(flow.origin.at("to"), message, "let it end in a DMZ: a zone or a server of tier dmz", flow.id)


@check("E526")
def application_zones_have_an_allow_list(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        if source.zone and Icr.APPLICATION in source.icrs and (target.whole or target.public):
            message = f"flow {flow.id} lets a whole application zone ({flow.source}) reach {flow.target}"
            yield Finding(flow.origin.at("to"), message, "name the server and the service it needs", flow.id)


@check("E527")
def organisations_meet_in_a_dmz(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        apart = source.town and target.town and (source.town != target.town or source.town == "*")
        # Visitors are kept out whoever owns the zone, which E521 says.
        if apart and source.outside_dmz() and target.outside_dmz() and not _lets_visitors_in(source, target):
            message = f"flow {flow.id} joins {flow.source} and {flow.target}, zones of different organisations"
            yield Finding(flow.origin.at("to"), message, "let one end be a DMZ or a shared service", flow.id)


@check("E528")
def flow_names_its_ports(facts: Facts) -> Iterator[Finding]:
    for flow, _, target in facts.flows:
        if flow.protocol == "any":
            message = f"flow {flow.id} allows any protocol from {flow.source} to {flow.target}"
            yield Finding(flow.origin.at("protocol"), message, "name tcp, udp or icmp", flow.id)
        elif flow.protocol != "icmp" and lacks(flow, "ports") and not _has_ports(facts, flow, target):
            message = f"flow {flow.id} allows every {flow.protocol} port from {flow.source} to {flow.target}"
            yield Finding(flow.origin.at("ports"), message, "add `ports: [443]`", flow.id)


def _has_ports(facts: Facts, flow: Flow, target: End) -> bool:
    server = facts.servers.get(flow.target.replace(":", "/", 1))
    shared = target.services and not target.whole
    return bool(shared or target.upstream or (server.serves if server else target.balancer))


@check("W529")
def port_ranges_are_narrow(facts: Facts) -> Iterator[Notice]:
    for flow in facts.estate.flows:
        for index, ports in enumerate(flow.ports):
            size = ports.last - ports.first + 1
            if size > _PORTS:
                yield Notice(
                    item(flow, "ports", index),
                    {"flow": flow.id, "count": size, "ports": ports, "most": _PORTS},
                    flow.id,
                )


@check("E530")
def data_are_reached_through_applications(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        # What a public network and visitors may not reach has rules of its own, E525 and E521.
        upstream = source.upstream and not source.public
        if target.data and (upstream or source.icrs - {Icr.APPLICATION, Icr.VISITOR}):
            message = f"flow {flow.id} reaches data ({flow.target}) from {flow.source}, which is no application"
            yield Finding(flow.origin.at("to"), message, "let it end at the application that uses the data", flow.id)


@check("E531")
def upstream_flow_is_registered(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        upstream = target.upstream or source.upstream
        if upstream and upstream_kinds()[upstream.kind].registration_required and lacks(flow, "registration"):
            message = f"flow {flow.id} has no registration with {upstream.id}"
            yield Finding(flow.origin.at(), message, "add `registration`, the number of the onboarding", flow.id)


@check("W532")
def registration_is_complete(facts: Facts) -> Iterator[Notice]:
    for flow in facts.estate.flows:
        lacking = [name.replace("_", "-") for name in _REGISTERED if lacks(flow, name)]
        if flow.registration and lacking:
            yield Notice(
                flow.origin.at("registration"),
                {"flow": flow.id, "registration": flow.registration, "lacking": ", ".join(lacking)},
                flow.id,
            )


@check("W533")
def flow_has_not_expired(facts: Facts) -> Iterator[Notice]:
    for flow in facts.estate.flows:
        if facts.as_of and flow.expires and flow.expires.day < facts.as_of:
            values = {"flow": flow.id, "end": flow.expires, "days": (facts.as_of - flow.expires.day).days}
            yield Notice(flow.origin.at("expires"), values, flow.id)


@check("W534")
def flow_does_not_expire_soon(facts: Facts) -> Iterator[Notice]:
    for flow in facts.estate.flows:
        if facts.as_of and flow.expires and facts.as_of <= flow.expires.day <= facts.as_of + _SOON:
            yield Notice(
                flow.origin.at("expires"),
                {"flow": flow.id, "end": flow.expires, "days": (flow.expires.day - facts.as_of).days},
                flow.id,
            )


@check("E535")
def ports_fit_the_protocol(facts: Facts) -> Iterator[Finding]:
    for flow in facts.estate.flows:
        if flow.ports and flow.protocol in ("icmp", "any"):
            message = f"flow {flow.id} names ports, but protocol {flow.protocol} has none"
            yield Finding(flow.origin.at("ports"), message, "make it tcp or udp, or leave the ports out", flow.id)


@check("W536")
def purpose_says_why(facts: Facts) -> Iterator[Notice]:
    for flow in facts.estate.flows:
        if len(flow.purpose.split()) < 3:
            yield Notice(flow.origin.at("purpose"), {"flow": flow.id, "purpose": flow.purpose}, flow.id)


@check("E537", missing_from=("entities", "kbo", "operator"))
def responsible_body_is_known(facts: Facts) -> Iterator[Finding]:
    known = {town.kbo for town in facts.estate.municipalities} | {entity.kbo for entity in facts.entities.values()}
    known.add(facts.estate.operator.kbo)
    for flow in facts.estate.flows:
        if flow.responsible and flow.responsible not in known:
            message = f"{flow.responsible}, responsible for flow {flow.id}, is the KBO number of no body in the estate"
            hint = "the responsible body is a municipality, an entity or the operator; add its `kbo` there"
            yield Finding(flow.origin.at("responsible"), message, hint, flow.id)


@check("E538")
def responsible_body_is_that_of_the_entity(facts: Facts) -> Iterator[Finding]:
    for flow in facts.estate.flows:
        entity = facts.entities.get(flow.entity or "")
        if entity and entity.kbo and flow.responsible and flow.responsible != entity.kbo:
            message = f"flow {flow.id} is for {entity.path} ({entity.kbo}), but {flow.responsible} is responsible"
            yield Finding(flow.origin.at("responsible"), message, f"did you mean {entity.kbo}?", flow.id)


@check("W539")
def flow_is_written_once(facts: Facts) -> Iterator[Notice]:
    seen: dict[object, Flow] = {}
    for flow in facts.estate.flows:
        first = seen.setdefault((flow.source, flow.target, flow.protocol, frozenset(flow.ports)), flow)
        if first is not flow:
            yield Notice(flow.origin.at(), {"flow": flow.id, "other": first.id}, flow.id, (first.origin.at(),))


@check("E540", missing_from=("pools",))
def upstream_prefixes_lie_outside_the_pools(facts: Facts) -> Iterator[Finding]:
    pools: list[IPNetwork] = [pool.network for pool in (*facts.estate.pools.ipv4, *facts.estate.pools.ipv6)]
    reserved = IPSet([prefix.network for prefix in facts.estate.pools.reserved])
    for upstream in facts.estate.upstreams:
        for index, prefix in enumerate(upstream.prefixes):
            own = prefix.network
            if IPSet([own]).issubset(reserved):
                continue
            clash = next((p for p in pools if p.version == own.version and (p in own or own in p)), None)
            if clash is not None:
                message = f"prefix {prefix} of upstream {upstream.id} overlaps pool {clash}"
                place = item(upstream, "prefixes", index)
                yield Finding(place, message, "reserve it in `pools`, or take another pool", upstream.id)


@check("E544")
def upstream_prefixes_hold_no_datacentre(facts: Facts) -> Iterator[Finding]:
    own = [(public.address.ip, centre) for centre in facts.estate.datacentres for public in centre.public]
    for upstream in facts.estate.upstreams:
        for index, prefix in enumerate(upstream.prefixes):
            for address, centre in own:
                if address in prefix.network:
                    message = (
                        f"prefix {prefix} of upstream {upstream.id} holds {address}, where datacentre {centre.id} is"
                    )
                    hint = "write the prefixes that are the upstream's own"
                    place, there = item(upstream, "prefixes", index), centre.origin.at("public")
                    yield Finding(place, message, hint, upstream.id, (there,))


@check("W541", missing_from=("flows", "upstreams", "sites", "cloud"))
def upstream_is_used(facts: Facts) -> Iterator[Notice]:
    used = {end.upstream.id for _, *ends in facts.flows for end in ends if end.upstream}
    for upstream in facts.estate.upstreams:
        if facts.written(upstream) and upstream.id not in used and not End(upstream=upstream).public:
            yield Notice(upstream.origin.at(), {"upstream": upstream.id}, upstream.id)


@check("E542", missing_from=("upstreams",))
def public_network_sees_no_private_addresses(facts: Facts) -> Iterator[Finding]:
    """One that nobody wrote or uses stays closed to private addresses; the others need prefixes to appear as."""
    pools = facts.estate.pools
    used = {end.upstream.id for _, *ends in facts.flows for end in ends if end.upstream}
    for upstream in facts.estate.upstreams:
        if not End(upstream=upstream).public or not (facts.written(upstream) or upstream.id in used):
            continue
        given = {prefix.network.version for prefix in upstream.translate}
        private = [pool for pool in (*pools.ipv4, *pools.ipv6) if hidden(pool.network)]
        lacking = [pool for pool in private if pool.network.version not in given]
        if lacking and (upstream.translate or lacks(upstream, "translate")):
            message = f"upstream {upstream.id} is public, but {' and '.join(map(str, lacking))} is private"
            hint = "give it `translate`: the public prefixes that our traffic appears as, of both families"
            yield Finding(upstream.origin.at(), message, hint, upstream.id)


@check("E546")
def devices_stay_apart_from_users(facts: Facts) -> Iterator[Finding]:
    for flow, source, target in facts.flows:
        if Icr.DEVICE in source.icrs and Icr.USER in target.icrs:
            message = f"flow {flow.id} lets devices ({flow.source}) into a user zone ({flow.target})"
            hint = "let both meet at a shared service that mediates, or let the users start towards the device"
            yield Finding(flow.origin.at("to"), message, hint, flow.id)


@check("E547")
def devices_use_services_for_devices(facts: Facts) -> Iterator[Finding]:
    meant = [service.id for service in facts.estate.services if Icr.DEVICE in service_kinds()[service.kind].users]
    for flow, source, target in facts.flows:
        if Icr.DEVICE not in source.icrs:
            continue
        kinds = {str(service.id): service_kinds()[service.kind] for service in target.services}
        # Those that hold data have E530.
        closed = [name for name, kind in kinds.items() if Icr.DEVICE not in kind.users and not kind.data]
        if closed:
            message = f"flow {flow.id} lets devices ({flow.source}) use {', '.join(closed)}, which is not for devices"
            hint = f"services for devices: {', '.join(meant)}" if meant else "add a shared service that is for devices"
            yield Finding(flow.origin.at("to"), message, hint, flow.id)


@check("E543")
def translated_prefixes_are_nobody_elses(facts: Facts) -> Iterator[Finding]:
    pools: list[IPNetwork] = [pool.network for pool in (*facts.estate.pools.ipv4, *facts.estate.pools.ipv6)]
    others = [prefix.network for upstream in facts.estate.upstreams for prefix in upstream.prefixes]
    for upstream in facts.estate.upstreams:
        public = End(upstream=upstream).public
        for index, prefix in enumerate(upstream.translate):
            own = prefix.network
            clash = next((p for p in (*pools, *others) if p.version == own.version and (p in own or own in p)), None)
            place = item(upstream, "translate", index)
            if clash is not None:
                message = f"prefix {prefix}, which our traffic to {upstream.id} appears as, overlaps {clash}"
                yield Finding(place, message, "take a prefix that is ours and in no pool", upstream.id)
            elif public and hidden(own):
                message = f"prefix {prefix}, which our traffic to {upstream.id} appears as, is private"
                yield Finding(place, message, "take one that was assigned to us on that network", upstream.id)


@check("E548")
def load_balancer_starts_no_flow(facts: Facts) -> Iterator[Finding]:
    for flow, source, _ in facts.flows:
        if source.balancer and not source.zone and flow.source.replace(":", "/", 1) not in facts.servers:
            servers = ", ".join(server.replace("/", ":") for server in source.balancer.servers)
            message = f"flow {flow.id} starts at {flow.source}, a load balancer, which only answers its clients"
            yield Finding(flow.origin.at("from"), message, f"name the servers that need it: {servers}", flow.id)


@check("W781")
def flow_goes_by_the_load_balancer(facts: Facts) -> Iterator[Notice]:
    opened = {(flow.source, flow.target) for flow in facts.estate.flows}
    for flow in facts.estate.flows:
        if (server := facts.servers.get(flow.target.replace(":", "/", 1))) is None:
            continue
        for balancer in facts.balancers_before(server):
            target = Endpoint(f"{flow.target.where}:{balancer.id}")
            if _meets(flow, server, balancer) and (flow.source, target) not in opened:
                values = {"flow": flow.id, "server": server.id, "balancer": balancer.id}
                more = {"target": target, "port": balancer.port}
                yield Notice(flow.origin.at("to"), values | more, flow.id, (balancer.origin.at(),))


def _meets(flow: Flow, server: Server, balancer: LoadBalancer) -> bool:
    """Tell whether a flow opens the port that a load balancer spreads, or the one it waits at."""
    if flow.protocol != "tcp":
        return False
    spread = {int(balancer.port), int(balancer.server_port or balancer.port)}
    spans = [(ports.first, ports.last) for ports in flow.ports] or [(int(port), int(port)) for port in server.serves]
    return any(first <= port <= last for port in spread for first, last in spans)
