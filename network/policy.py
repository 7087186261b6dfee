"""The one matrix of allowed flows: what the kinds of zones and services bring, and what the estate registers.

Rules name zones, services, servers and tiers; nothing is expanded here, so that a region has hundreds of rules and not
millions of pairs. The defaults keep the ICR rules by construction: a visitor zone reaches services in a DMZ and the
web, data are reached from the application tier only, applications by the staff of the entities that use them, and no
rule joins two tenants.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from virgem.modules.estate.kinds import entity_kinds, service_kinds, upstream_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr, ServiceKind, ZoneKind
from virgem.modules.estate.model import Entity, Estate, Flow, LoadBalancer, Municipality, Server, SharedService
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.scalars import Endpoint
from virgem.modules.problem import Mark
from virgem.network.management import Managed
from virgem.network.model import SHARED, FlowRule, Selector, Side

Purpose = tuple[str, str]  # English, Dutch

_SSH = ("tcp/22",)

# Data is reached through applications only (ICR); the other tiers of a tenant serve each other.
_CLIENTS = {
    Tier.DATA: (Tier.APPLICATION,),
    Tier.DMZ: (Tier.APPLICATION, Tier.DMZ),
    Tier.APPLICATION: (Tier.APPLICATION, Tier.DMZ),
    Tier.MANAGEMENT: (Tier.MANAGEMENT,),
}
# Staff reach these from their workplaces.
STAFFED = (Tier.DMZ, Tier.APPLICATION)
_CLIENTS_NL = {Tier.APPLICATION: "Toepassingslaag", Tier.DMZ: "DMZ-laag", Tier.MANAGEMENT: "Beheerlaag"}


def rules(estate: Estate, managed: Mapping[str, Managed]) -> tuple[FlowRule, ...]:
    """Return every allowed flow of the region, by id."""
    found = [*_zone_defaults(estate), *_service_defaults(estate), *_hosts(estate, managed.values())]
    for town in estate.municipalities:
        found += _tenant(estate, town)
    found += _management(estate)
    found += _managed_sites(estate, managed.values())
    for flow in estate.flows:
        found += _registered(estate, flow)
    return tuple(sorted(found, key=lambda rule: rule.id))


def _rule(id_: str, source: Selector, target: Selector, ports: Iterable[str], purpose: Purpose, mark: Mark) -> FlowRule:
    english, dutch = purpose
    return FlowRule(
        id=id_,
        source=source,
        target=target,
        ports=tuple(ports),
        purpose=english,
        purpose_nl=dutch,
        registered=False,
        origin=mark,
    )


def _service(name: str) -> Selector:
    return Selector(side=Side.SERVICE, town=SHARED, name=name)


def _tier(town: str, tier: Tier | str) -> Selector:
    return Selector(side=Side.TIER, town=town, name=str(tier))


def _kind(town: str, kind: str) -> Selector:
    """Select zones by kind: a zone of another kind that merely bears its name is not among them."""
    return Selector(side=Side.ZONE, town=town, name=kind, icr=zone_kinds()[kind].icr, kind=kind)


def _zone_defaults(estate: Estate) -> Iterator[FlowRule]:
    """Yield the services that each kind of zone in use brings, as far as the service's kind is for such zones."""
    used = {zone.kind for site in estate.sites.values() for zone in site.zones}
    open_networks = [upstream for upstream in estate.upstreams if upstream_kinds()[upstream.kind].public]
    services = [(service, service_kinds()[service.kind]) for service in estate.services]
    for zone_kind in (zone_kinds()[name] for name in sorted(used)):
        source = _kind("", zone_kind.id)
        for service, kind in services:
            if kind.id in zone_kind.services and _may_use(zone_kind.icr, kind):
                purpose = (f"{zone_kind.en} uses {kind.en}", f"Zone {zone_kind.nl} gebruikt de dienst {kind.nl}")
                id_ = f"zone-{zone_kind.id}-{service.id}"
                yield _rule(id_, source, _service(service.id), kind.ports, purpose, service.origin.mark)
                yield from _devices(service, kind, zone_kind)
        for upstream in open_networks if zone_kind.outbound else ():
            target = Selector(side=Side.UPSTREAM, name=upstream.id)
            purpose = (f"{zone_kind.en} reach the web by themselves", f"{zone_kind.nl}: rechtstreeks naar het web")
            id_ = f"zone-{zone_kind.id}-{upstream.id}"
            yield _rule(id_, source, target, zone_kind.outbound, purpose, upstream.origin.mark)


def _devices(service: SharedService, kind: ServiceKind, zone: ZoneKind) -> Iterator[FlowRule]:
    """Yield how a service in a DMZ reaches the devices that use it, as a print server its printers."""
    if kind.reaches and kind.zone is Icr.DMZ and zone.icr is Icr.DEVICE:
        purpose = (f"{kind.en} reaches {zone.en}", f"{kind.nl} bereikt {zone.nl}")
        id_ = f"devices-{zone.id}-{service.id}"
        yield _rule(id_, _service(service.id), _kind("", zone.id), kind.reaches, purpose, service.origin.mark)


def _hosts(estate: Estate, managed: Collection[Managed]) -> Iterator[FlowRule]:
    """Yield what routers and hosts that a role configures need beside what their zone brings: a place for their logs.

    Only from zones where such hosts live; what visitors may not use their computers do without.
    """
    held = [zone_kinds()[name] for name in sorted({one.kind for one in managed})]
    services = [(service, service_kinds()[service.kind]) for service in estate.services]
    for zone, (service, kind) in product(held, services):
        brought = kind.id in zone.services and _may_use(zone.icr, kind)
        if kind.for_hosts and not brought and (zone.icr is not Icr.VISITOR or kind.zone is Icr.DMZ):
            source = replace(_kind("", zone.id), manager=SHARED)
            purpose = (f"Hosts in {zone.en} use {kind.en}", f"Toestellen in {zone.nl} gebruiken de dienst {kind.nl}")
            id_ = f"hosts-{zone.id}-{service.id}"
            yield _rule(id_, source, _service(service.id), kind.for_hosts, purpose, service.origin.mark)


def _may_use(icr: Icr, kind: ServiceKind) -> bool:
    """Tell whether zones of an ICR kind may use a service: visitors only one that stands in a DMZ."""
    return icr in kind.users and (icr is not Icr.VISITOR or kind.zone is Icr.DMZ)


def _service_defaults(estate: Estate) -> Iterator[FlowRule]:
    """Yield what servers of every tenant may use, and what services in a DMZ need from the public internet."""
    open_networks = [u for u in estate.upstreams if upstream_kinds()[u.kind].public]
    for service in estate.services:
        kind, mark = service_kinds()[service.kind], service.origin.mark
        if kind.for_all_servers and Icr.APPLICATION in kind.users:
            purpose = (f"Servers use {kind.en}", f"Servers gebruiken de dienst {kind.nl}")
            yield _rule(f"cloud-{service.id}", _tier("", ""), _service(service.id), kind.ports, purpose, mark)
        if kind.replicates and service.servers > 1:
            yield _copies(f"copies-{service.id}", _service(service.id), kind.ports, mark)
        for upstream in open_networks:
            if kind.outbound and kind.zone is Icr.DMZ:
                target = Selector(side=Side.UPSTREAM, name=upstream.id)
                purpose = (f"{kind.en} for the region", f"{kind.nl} voor de regio")
                id_ = f"service-{service.id}-{upstream.id}"
                yield _rule(id_, _service(service.id), target, kind.outbound, purpose, mark)
    filters = [kind.id for kind in zone_kinds().values() if kind.filters]
    for upstream, zone in product(open_networks, filters):
        target = Selector(side=Side.UPSTREAM, name=upstream.id)
        ports, purpose = upstream_kinds()[upstream.kind].ports, ("Filtered web traffic", "Gefilterd webverkeer")
        yield _rule(f"zone-{zone}-{upstream.id}", _kind("", zone), target, ports, purpose, upstream.origin.mark)


def _copies(id_: str, alike: Selector, ports: Iterable[str], mark: Mark) -> FlowRule:
    """Return the flow among servers alike, also from one datacentre to the other: replication of what they hold."""
    purpose = (f"Servers of {alike.name} keep each other up to date", f"Servers van {alike.name} houden elkaar bij")
    return _rule(id_, alike, alike, ports, purpose, mark)


def _tenant(estate: Estate, town: Municipality) -> Iterator[FlowRule]:
    """Yield the flows within a municipality's tenant and from its users to its servers."""
    if not town.cloud:
        return
    for server in town.cloud.servers:
        if server.serves:
            yield from _server(town, server)
        # Elsewhere the tier reaches what is offered; whoever holds data has that from nobody but its own copies.
        if (own := server.replicates or (server.serves if server.tier is Tier.DATA else ())) and server.count > 1:
            target = Selector(side=Side.SERVER, town=town.id, name=server.id)
            yield _copies(f"{town.id}-copies-{server.id}", target, [f"tcp/{port}" for port in own], server.origin.mark)
    for balancer in town.cloud.load_balancers:
        yield from _balancer(town, balancer, [s for s in town.cloud.servers if s.path in balancer.servers])
    mark = town.cloud.origin.mark
    management = _tier(town.id, Tier.MANAGEMENT)
    purpose = ("Management of servers", "Beheer van servers")
    yield _rule(f"{town.id}-management", management, _tier(town.id, ""), _SSH, purpose, mark)
    by_id = {str(service.id): service for service in estate.services}
    for service in (by_id[str(name)] for name in sorted(set(town.services)) if name in by_id):
        yield from _subscribed(town, service)


def _subscribed(town: Municipality, service: SharedService) -> Iterator[FlowRule]:
    kind = service_kinds()[service.kind]
    if not kind.for_all_servers and Icr.APPLICATION in kind.users:
        source, target = _tier(town.id, Tier.APPLICATION), _service(service.id)
        id_ = f"{town.id}-application-{service.id}"
        purpose = (f"Applications use {kind.en}", f"Toepassingen gebruiken de dienst {kind.nl}")
        yield _rule(id_, source, target, kind.ports, purpose, town.origin.at("services"))


def _server(town: Municipality, server: Server) -> Iterator[FlowRule]:
    """Yield who may reach what a server offers: its clients' tiers and, unless it holds data, the staff who use it.

    A port that only its load balancers use is theirs alone: clients go by the load balancer.
    """
    target = Selector(side=Side.SERVER, town=town.id, name=server.id)
    ports = [f"tcp/{port}" for port in sorted({*map(int, server.serves)})]
    for client, source, purpose in _clients(town, [server], server.id):
        yield _rule(f"{town.id}-{client}-{server.id}", source, target, ports, purpose, server.origin.mark)


def _clients(town: Municipality, servers: list[Server], what: str) -> Iterator[tuple[str, Selector, Purpose]]:
    """Yield who may use all of these servers, or what spreads over them: name, selector, purpose."""
    for tier in sorted({client for server in servers for client in _CLIENTS[server.tier]}):
        yield tier.value, _tier(town.id, tier), (f"{tier} tier uses {what}", f"{_CLIENTS_NL[tier]} gebruikt {what}")
    if users := _users(town, servers):
        who, dutch = _staff(users)
        yield "users", _desks(town, users), (f"Staff of {who} use {what}", f"Medewerkers van {dutch} gebruiken {what}")


def _balancer(town: Municipality, balancer: LoadBalancer, servers: list[Server]) -> Iterator[FlowRule]:
    """Yield who may reach a load balancer, the same as its servers, and its own way to them."""
    # A colon stands in no id, so none of these can be that of a server's rule.
    name, mark = f"balancer:{balancer.id}", balancer.origin.mark
    target = Selector(side=Side.BALANCER, town=town.id, name=balancer.id)
    for client, source, purpose in _clients(town, servers, f"load balancer {balancer.id}"):
        yield _rule(f"{town.id}-{client}-{name}", source, target, [f"tcp/{balancer.port}"], purpose, mark)
    own, port = replace(target, side=Side.RELAY), balancer.server_port or balancer.port
    for server in servers:
        behind = Selector(side=Side.SERVER, town=town.id, name=server.id)
        purpose = (
            f"Load balancer {balancer.id} spreads over {server.id}",
            f"Load balancer {balancer.id} verdeelt over {server.id}",
        )
        yield _rule(f"{town.id}-{name}-{server.id}", own, behind, [f"tcp/{port}"], purpose, mark)


def _users(town: Municipality, servers: list[Server]) -> list[Entity]:
    """Return the entities whose staff use every one of these servers; nobody's use one that holds data."""
    if any(server.tier not in STAFFED for server in servers):
        return []
    return [entity for entity in town.entities if all(entity.path in server.users for server in servers)]


def _desks(town: Municipality, users: list[Entity]) -> Selector:
    """Select the zones where the staff of these entities work; where those are all entities, none is named."""
    named = () if len(users) == len(town.entities) else tuple(sorted(str(entity.path) for entity in users))
    return Selector(side=Side.ZONE, town=town.id, icr=Icr.USER, entities=named, desks=True)


def _staff(users: list[Entity]) -> Purpose:
    """Return the names of entities in English and in Dutch; one with a name of its own has that in both."""
    kinds = entity_kinds()
    english = (str(entity.label or kinds[entity.kind].en) for entity in users)
    dutch = (str(entity.label or kinds[entity.kind].nl) for entity in users)
    return ", ".join(english), ", ".join(dutch)


def _management(estate: Estate) -> Iterator[FlowRule]:
    """Yield what the operator's management servers reach in the cloud: every tenant's servers."""
    if not estate.services:
        return
    source, mark = _tier(SHARED, Tier.MANAGEMENT), estate.operator.origin.mark
    purpose = ("Management of servers by the operator", "Beheer van servers door de beheerder")
    yield _rule("shared-management", source, _tier("", ""), _SSH, purpose, mark)


def _managed_sites(estate: Estate, managed: Collection[Managed]) -> Iterator[FlowRule]:
    """Yield what management tiers reach in sites: a municipality's the zones it manages, the operator's kind by kind.

    Kind by kind, so that the exception for computers in visitor zones stands in the list as such.
    """
    held = {str(town.id) for town in estate.municipalities} & {name for one in managed for name in one.managers}
    for town in sorted(held):
        target = Selector(side=Side.ZONE, town=town, manager=town)
        purpose = ("Management of sites", "Beheer van locaties")
        mark = estate.towns[town].origin.at("cloud")
        yield _rule(f"{town}-management-sites", _tier(town, Tier.MANAGEMENT), target, _SSH, purpose, mark)
    source, mark = _tier(SHARED, Tier.MANAGEMENT), estate.operator.origin.mark
    for kind in sorted({one.kind for one in managed if SHARED in one.managers}):
        target = replace(_kind("", kind), manager=SHARED)
        yield _rule(f"shared-{kind}-sites", source, target, _SSH, _purpose_of_management(zone_kinds()[kind]), mark)


def _purpose_of_management(kind: ZoneKind) -> Purpose:
    if kind.management:
        return "Management of sites by the operator", "Beheer van locaties door de beheerder"
    if kind.icr is Icr.VISITOR:
        return (
            f"Exception: the operator manages computers in {kind.en}, a visitor zone",
            f"Uitzondering: de beheerder beheert computers in {kind.nl}, een bezoekerszone",
        )
    return f"Management of hosts in {kind.en} by the operator", f"Beheer van toestellen in {kind.nl} door de beheerder"


def _registered(estate: Estate, flow: Flow) -> Iterator[FlowRule]:
    """Yield the rules of a registered flow: one for every pair of things its two ends name."""
    # A load balancer starts no flow of its own (E544 tells): one that bears a server's name is no source.
    sources = [end for end in _ends(estate, flow.source) if end.side is not Side.BALANCER]
    pairs = list(product(sources, _ends(estate, flow.target)))
    for number, (source, target) in enumerate(pairs, 1):
        yield FlowRule(
            id=f"flow-{flow.id}" + (f"-{number}" if pairs[1:] else ""),
            source=source,
            target=target,
            ports=_ports(estate, flow, target),
            purpose=str(flow.purpose),
            registered=True,
            origin=flow.origin.mark,
        )


def _ports(estate: Estate, flow: Flow, target: Selector) -> tuple[str, ...]:
    """Return the ports of a flow; when none are written, those its target is there for."""
    if flow.protocol in ("any", "icmp"):
        return (str(flow.protocol),)
    if flow.ports:
        return tuple(f"{flow.protocol}/{ports}" for ports in flow.ports)
    known = [port for port in known_ports(estate, target) if port.startswith(f"{flow.protocol}/")]
    return tuple(known) or (f"{flow.protocol}/1-65535",)


def known_ports(estate: Estate, target: Selector) -> tuple[str, ...]:
    """Return the ports that a service, upstream network, server or load balancer is there for; none for the rest."""
    if target.side is Side.SERVICE:
        return tuple(p for s in estate.services if s.id == target.name for p in service_kinds()[s.kind].ports)
    if target.side is Side.UPSTREAM:
        return tuple(p for u in estate.upstreams if u.id == target.name for p in upstream_kinds()[u.kind].ports)
    if target.side is Side.SERVER:
        return tuple(f"tcp/{port}" for server in _servers(estate, target) for port in server.serves)
    if target.side is Side.BALANCER:
        return tuple(f"tcp/{balancer.port}" for balancer in _balancers(estate, target))
    return ()


def _servers(estate: Estate, target: Selector) -> Iterator[Server]:
    town = estate.towns.get(target.town)
    for server in town.cloud.servers if town and town.cloud else ():
        if server.id == target.name:
            yield server


def _balancers(estate: Estate, target: Selector) -> Iterator[LoadBalancer]:
    town = estate.towns.get(target.town)
    for balancer in town.cloud.load_balancers if town and town.cloud else ():
        if balancer.id == target.name:
            yield balancer


def _ends(estate: Estate, end: Endpoint) -> list[Selector]:
    """Return what an end names: zones by id or kind, a service, an upstream network, or a part of a tenant's cloud."""
    where, what = end.where, "" if end.what_there == "*" else end.what_there
    if where == "upstream":
        return [Selector(side=Side.UPSTREAM, name=what)]
    if where == "shared":
        return [_service(what)]
    town, _, site = where.partition("/")
    town = "" if town == "*" else town
    found = _zones(town, where if site else "", what)
    return found if site or not town else found + _cloud(estate, town, what)


def _zones(town: str, path: str, what: str) -> list[Selector]:
    """Return the zones of a place that go by a name; those by an ICR kind and by a name of their own are two sets."""
    place = Selector(side=Side.ZONE, town=town, site=path, name=what)
    if what not in set(Icr):
        return [place]
    return [Selector(side=Side.ZONE, town=town, site=path, icr=what)]


def _cloud(estate: Estate, town: str, what: str) -> list[Selector]:
    """Return what in the cloud of a tenant goes by a name: servers and load balancers, else a tier; all for none."""
    share = estate.towns[town].cloud if town in estate.towns else None
    if share is None:
        return []
    if not what:
        return [_tier(town, "")]
    named = [(Side.SERVER, server.id) for server in share.servers]
    named += [(Side.BALANCER, balancer.id) for balancer in share.load_balancers]
    found = [Selector(side=side, town=town, name=what) for side, name in named if name == what]
    return found or ([_tier(town, what)] if what in set(Tier) else [])
