"""The one matrix of allowed flows: what the kinds of zones and services bring, and what the estate registers.

Rules name zones, services, servers and tiers; nothing is expanded here, so that a region has hundreds of rules and not
millions of pairs. The defaults keep the ICR rules by construction: a visitor zone reaches services in a DMZ and the
web, data are reached from the application tier only, applications by the staff of the entities that use them, and no
rule joins two tenants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from virgem.modules.estate.kinds import entity_kinds, service_kinds, upstream_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr, ServiceKind
from virgem.modules.estate.model import CloudShare, Estate, Flow, Municipality, Server, SharedService
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.scalars import Endpoint
from virgem.modules.problem import Mark
from virgem.network.model import SHARED, FlowRule, Selector, Side

Purpose = tuple[str, str]  # English, Dutch

_SSH = ("tcp/22",)
# What servers of every tenant may use without asking.
_BASIC = ("dns", "ntp", "monitoring", "proxy")

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


def rules(estate: Estate) -> tuple[FlowRule, ...]:
    """Return every allowed flow of the region, by id."""
    found = [*_zone_defaults(estate), *_service_defaults(estate)]
    for town in estate.municipalities:
        found += _tenant(estate, town)
    found += _management(estate)
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
        for upstream in open_networks if zone_kind.outbound else ():
            target = Selector(side=Side.UPSTREAM, name=upstream.id)
            purpose = (f"{zone_kind.en} reach the web by themselves", f"{zone_kind.nl}: rechtstreeks naar het web")
            id_ = f"zone-{zone_kind.id}-{upstream.id}"
            yield _rule(id_, source, target, zone_kind.outbound, purpose, upstream.origin.mark)


def _may_use(icr: Icr, kind: ServiceKind) -> bool:
    """Tell whether zones of an ICR kind may use a service: visitors only one that stands in a DMZ."""
    return icr in kind.users and (icr is not Icr.VISITOR or kind.zone is Icr.DMZ)


def _service_defaults(estate: Estate) -> Iterator[FlowRule]:
    """Yield what servers of every tenant may use, and what services in a DMZ need from the public internet."""
    open_networks = [u for u in estate.upstreams if upstream_kinds()[u.kind].public]
    for service in estate.services:
        kind, mark = service_kinds()[service.kind], service.origin.mark
        if kind.id in _BASIC and Icr.APPLICATION in kind.users:
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
    for upstream in open_networks:
        source, target = (
            _kind("", "proxy"),
            Selector(side=Side.UPSTREAM, name=upstream.id),
        )
        ports, purpose = upstream_kinds()[upstream.kind].ports, ("Filtered web traffic", "Gefilterd webverkeer")
        yield _rule(f"zone-proxy-{upstream.id}", source, target, ports, purpose, upstream.origin.mark)


def _copies(id_: str, alike: Selector, ports: Iterable[str], mark: Mark) -> FlowRule:
    """Return the flow among servers alike, also from one datacentre to the other: replication of what they hold."""
    purpose = (f"Servers of {alike.name} keep each other up to date", f"Servers van {alike.name} houden elkaar bij")
    return _rule(id_, alike, alike, ports, purpose, mark)


def _tenant(estate: Estate, town: Municipality) -> Iterator[FlowRule]:
    """Yield the flows within a municipality's tenant and from its users to its servers."""
    if not town.cloud:
        return
    for server in town.cloud.servers:
        if ports := _offered(town.cloud, server):
            yield from _server(town, server, ports)
        # Elsewhere the tier reaches what is offered; whoever holds data has that from nobody but its own copies.
        if (own := server.replicates or (server.serves if server.tier is Tier.DATA else ())) and server.count > 1:
            target = Selector(side=Side.SERVER, town=town.id, name=server.id)
            yield _copies(f"{town.id}-copies-{server.id}", target, [f"tcp/{port}" for port in own], server.origin.mark)
    mark = town.cloud.origin.mark
    management = _tier(town.id, Tier.MANAGEMENT)
    purpose = ("Management of servers", "Beheer van servers")
    yield _rule(f"{town.id}-management", management, _tier(town.id, ""), _SSH, purpose, mark)
    zones = _kind(town.id, "management")
    purpose = ("Management of sites", "Beheer van locaties")
    yield _rule(f"{town.id}-management-sites", management, zones, _SSH, purpose, mark)
    by_id = {str(service.id): service for service in estate.services}
    for service in (by_id[str(name)] for name in sorted(set(town.services)) if name in by_id):
        yield from _subscribed(town, service)


def _subscribed(town: Municipality, service: SharedService) -> Iterator[FlowRule]:
    kind = service_kinds()[service.kind]
    if kind.id not in _BASIC and Icr.APPLICATION in kind.users:
        source, target = _tier(town.id, Tier.APPLICATION), _service(service.id)
        id_ = f"{town.id}-application-{service.id}"
        purpose = (f"Applications use {kind.en}", f"Toepassingen gebruiken de dienst {kind.nl}")
        yield _rule(id_, source, target, kind.ports, purpose, town.origin.at("services"))


def _offered(share: CloudShare, server: Server) -> list[str]:
    """Return the ports that a server offers within its tenant (`serves`) or to its load balancers."""
    balanced = {
        int(balancer.server_port or balancer.port)
        for balancer in share.load_balancers
        if any(name.rpartition("/")[2] == server.id for name in balancer.servers)
    }
    return [f"tcp/{port}" for port in sorted({*map(int, server.serves), *balanced})]


def _server(town: Municipality, server: Server, ports: list[str]) -> Iterator[FlowRule]:
    """Yield who may reach a server: its clients' tiers and, unless it holds data, the staff of its users' entities."""
    target = Selector(side=Side.SERVER, town=town.id, name=server.id)
    mark = server.origin.mark
    for tier in _CLIENTS[server.tier]:
        purpose = (f"{tier} tier uses {server.id}", f"{_CLIENTS_NL[tier]} gebruikt {server.id}")
        yield _rule(f"{town.id}-{tier}-{server.id}", _tier(town.id, tier), target, ports, purpose, mark)
    if server.tier in STAFFED and server.users:
        who, dutch = _staff(town, server)
        purpose = (f"Staff of {who} use {server.id}", f"Medewerkers van {dutch} gebruiken {server.id}")
        yield _rule(f"{town.id}-users-{server.id}", _desks(town, server), target, ports, purpose, mark)


def _desks(town: Municipality, server: Server) -> Selector:
    """Select the zones where the staff of a server's users work; where those are all entities, none is named."""
    users = sorted({str(path) for path in server.users})
    every = {entity.path for entity in town.entities} <= set(users)
    return Selector(side=Side.ZONE, town=town.id, icr=Icr.USER, entities=() if every else tuple(users), desks=True)


def _staff(town: Municipality, server: Server) -> Purpose:
    """Return the names of a server's users in English and in Dutch; one with a name of its own has that in both."""
    kinds = entity_kinds()
    users = [entity for entity in town.entities if entity.path in server.users]
    english = (str(entity.label or kinds[entity.kind].en) for entity in users)
    dutch = (str(entity.label or kinds[entity.kind].nl) for entity in users)
    return ", ".join(english), ", ".join(dutch)


def _management(estate: Estate) -> Iterator[FlowRule]:
    """Yield what the operator's management servers reach: every tenant's servers and the sites' management zones."""
    if not estate.services:
        return
    source, mark = _tier(SHARED, Tier.MANAGEMENT), estate.operator.origin.mark
    purpose = ("Management of servers by the operator", "Beheer van servers door de beheerder")
    yield _rule("shared-management", source, _tier("", ""), _SSH, purpose, mark)
    zones = _kind("", "management")
    purpose = ("Management of sites by the operator", "Beheer van locaties door de beheerder")
    yield _rule("shared-management-sites", source, zones, _SSH, purpose, mark)


def _registered(estate: Estate, flow: Flow) -> Iterator[FlowRule]:
    """Yield the rules of a registered flow: one for every pair of things its two ends name."""
    pairs = list(product(_ends(estate, flow.source), _ends(estate, flow.target)))
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
    known = [port for port in _known_ports(estate, target) if port.startswith(f"{flow.protocol}/")]
    return tuple(known) or (f"{flow.protocol}/1-65535",)


def _known_ports(estate: Estate, target: Selector) -> tuple[str, ...]:
    if target.side is Side.SERVICE:
        return tuple(p for s in estate.services if s.id == target.name for p in service_kinds()[s.kind].ports)
    if target.side is Side.UPSTREAM:
        return tuple(p for u in estate.upstreams if u.id == target.name for p in upstream_kinds()[u.kind].ports)
    if target.side is Side.SERVER:
        return tuple(f"tcp/{port}" for server in _servers(estate, target) for port in server.serves)
    return ()


def _servers(estate: Estate, target: Selector) -> Iterator[Server]:
    town = estate.towns.get(target.town)
    for server in town.cloud.servers if town and town.cloud else ():
        if server.id == target.name:
            yield server


def _ends(estate: Estate, end: Endpoint) -> list[Selector]:
    """Return what an end names: zones by id, kind or ICR kind, a server, a tier, a service or an upstream network."""
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
    """Return the servers and tiers of a tenant that go by a name; everything for none."""
    share = estate.towns[town].cloud if town in estate.towns else None
    if share is None:
        return []
    if not what:
        return [_tier(town, "")]
    servers = [Selector(side=Side.SERVER, town=town, name=what) for server in share.servers if server.id == what]
    return servers or ([_tier(town, what)] if what in set(Tier) else [])
