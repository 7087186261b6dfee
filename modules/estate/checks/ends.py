"""What the two ends of a flow are: zones, servers, load balancers, shared services or networks above the region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from virgem.modules.estate.kinds import service_kinds, upstream_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model import Estate, LoadBalancer, Server, SharedService, Site, Upstream
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.scalars import Endpoint

_TIERS = {tier.value: tier for tier in Tier}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a flow: the ICR kinds of zone it may lie in, and whose it is."""

    icrs: frozenset[Icr] = frozenset()
    town: str = ""  # "" for what is shared or above the region, "*" for all municipalities
    zone: bool = False  # zones of sites are among it
    whole: bool = False  # everything of the place, `kortrijk:*`
    data: bool = False  # data are among it: the data tier of a tenant, a shared service that holds data
    balancer: LoadBalancer | None = None
    services: tuple[SharedService, ...] = ()
    upstream: Upstream | None = None

    @property
    def public(self) -> bool:
        """Tell whether it is a public network."""
        return bool(self.upstream and upstream_kinds()[self.upstream.kind].public)

    def outside_dmz(self) -> frozenset[Icr]:
        """Return its kinds of zone other than DMZ."""
        return self.icrs - {Icr.DMZ}


@dataclass(frozen=True)
class Ends:
    """Looks up the ends of flows by the text they are written in; every estate has its own."""

    estate: Estate
    _sites: dict[str, Mapping[str, frozenset[Icr]]] = field(default_factory=dict)

    def find(self, text: Endpoint) -> End:
        """Return what an end is; an empty one when it names nothing (the loader tells that)."""
        where, what = text.where, text.what_there
        if where == "upstream":
            return End(upstream=self._upstreams.get(what))
        if where == "shared":
            return self._service(what)
        town, _, site = where.partition("/")
        return self._site(where, what) if site else self._town(town, what)

    def _service(self, what: str) -> End:
        services = tuple(service for service in self.estate.services if what in (service.id, "*"))
        found = [service_kinds()[service.kind] for service in services]
        icrs, data = frozenset(kind.zone for kind in found), any(kind.data for kind in found)
        return End(services=services, icrs=icrs, whole=what == "*", data=data)

    def _site(self, path: str, what: str) -> End:
        if path not in self._sites and path in self.estate.sites:
            self._sites[path] = _names([self.estate.sites[path]])
        icrs = self._sites.get(path, {}).get(what, frozenset())
        return End(icrs=icrs, town=path.partition("/")[0], zone=bool(icrs), whole=what == "*")

    def _town(self, town: str, what: str) -> End:
        zones = self._zones.get(town, {}).get(what, frozenset())
        balancer = self._balancers.get(f"{town}/{what}")
        tiers = self._tiers(town, what, balancer)
        cloud = frozenset(Icr.DMZ if tier is Tier.DMZ else Icr.APPLICATION for tier in tiers)
        return End(
            icrs=zones | cloud,
            town=town,
            zone=bool(zones),
            whole=what == "*",
            data=Tier.DATA in tiers,
            balancer=balancer,
        )

    def _tiers(self, town: str, what: str, balancer: LoadBalancer | None) -> frozenset[Tier]:
        """Return the tiers of a tenant's cloud that go by a name: of servers, those balanced, its own; `*`: all."""
        if what == "*":
            return frozenset(server.tier for server in self._servers.values() if server.path.startswith(f"{town}/"))
        paths = {f"{town}/{what}", *(balancer.servers if balancer else ())}
        found = frozenset(self._servers[name].tier for name in paths if name in self._servers)
        return found or frozenset(tier for name, tier in _TIERS.items() if name == what)

    @cached_property
    def _upstreams(self) -> Mapping[str, Upstream]:
        return {upstream.id: upstream for upstream in self.estate.upstreams}

    @cached_property
    def _servers(self) -> Mapping[str, Server]:
        shares = (town.cloud for town in self.estate.municipalities if town.cloud)
        return {server.path: server for share in shares for server in share.servers}

    @cached_property
    def _balancers(self) -> Mapping[str, LoadBalancer]:
        shares = ((town.id, town.cloud) for town in self.estate.municipalities if town.cloud)
        return {f"{town}/{balancer.id}": balancer for town, share in shares for balancer in share.load_balancers}

    @cached_property
    def _zones(self) -> Mapping[str, Mapping[str, frozenset[Icr]]]:
        towns = {str(town.id): _names(town.sites) for town in self.estate.municipalities}
        return {**towns, "*": _names(self.estate.sites.values())}


def _names(sites: Iterable[Site]) -> Mapping[str, frozenset[Icr]]:
    """Return the ICR kinds of the zones that go by a name: their id, their kind, their ICR kind or `*`."""
    found: dict[str, set[Icr]] = {}
    for site in sites:
        for zone in site.zones:
            icr = zone_kinds()[zone.kind].icr
            for name in (zone.id, zone.kind, icr.value, "*"):
                found.setdefault(name, set()).add(icr)
    return {name: frozenset(icrs) for name, icrs in found.items()}
