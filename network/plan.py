"""Plans the network of a region: a pure function of the estate and of the numbers given before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from netaddr import IPAddress, IPNetwork

from virgem.modules.estate.bodies import entity_of
from virgem.modules.estate.kinds import upstream_kinds, zone_kinds
from virgem.modules.estate.model import Estate, Municipality, PublicAddress, Site, Zone
from virgem.modules.estate.scalars import Prefix
from virgem.modules.problem import Problem, Severity
from virgem.network import cloudnet, floating, machines, policy, ports, routing, wan, zones
from virgem.network.addressing import Pool, Want, number, parent_key
from virgem.network.fibre.design import design
from virgem.network.keys import site_key, town_key, zone_key
from virgem.network.leases import Leases
from virgem.network.lock import Block, Entry, Lock, other_estate
from virgem.network.management import is_apart, management
from virgem.network.model import (
    SHARED,
    NetworkPlan,
    Place,
    PublicEnd,
    RouterPlan,
    TownPlan,
    UpstreamPlan,
    Vrf,
    WanLink,
    ZonePlan,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, the lock that keeps its numbers, and all problems; no plan when one of them is an error."""

    plan: NetworkPlan | None
    lock: Lock
    problems: tuple[Problem, ...]


def plan_network(estate: Estate, lock: Lock) -> Planned:
    """Return the network plan of an estate, keeping every number that the lock holds.

    An empty Lock stands for a missing file. On errors the lock comes back as it was.
    """
    if lock.estate and lock.estate != estate.name:
        return Planned(plan=None, lock=lock, problems=(other_estate(lock.estate, str(estate.name)),))
    run = _Run(estate, lock)
    problems = tuple(sorted(set(run.problems)))
    if any(found.severity is Severity.ERROR for found in problems):
        return Planned(plan=None, lock=lock, problems=problems)
    made = run.floated(run.plan())
    problems = tuple(sorted({*problems, *run.floating.problems, *ports.lacking(estate, made)}))
    if any(found.severity is Severity.ERROR for found in problems):
        return Planned(plan=None, lock=lock, problems=problems)
    plan, serials = machines.numbered(made, lock)
    return Planned(plan=plan, lock=run.new_lock(serials), problems=problems)


class _Run:
    """All parts of one plan, in the order in which they need each other."""

    def __init__(self, estate: Estate, lock: Lock) -> None:
        self.estate, self.lock = estate, lock
        self.routers = ports.routers(estate)
        self.managed = management(estate)
        self.topology = wan.topology(estate, lock)
        self.fibre = design(estate, self.topology)
        self.placed = cloudnet.placement(estate, self.topology.homes, lock)
        asked = tuple(self._wants())
        self.given4, self.given6 = (number(_pool(estate, version), asked, lock) for version in (4, 6))
        self.vlans = zones.Vlans(estate, lock)
        self.asn, asn_problems = routing.as_numbers(estate, lock)
        self.vrfs, vrf_problems = routing.vrfs(estate, lock, self.asn)
        self.interfaces = wan.Interfaces(self.topology, lock)
        self.problems = [
            *self.topology.problems,
            *self.fibre.problems,
            *self.given4.problems,
            *self.given6.problems,
            *self.vlans.problems,
            *asn_problems,
            *vrf_problems,
            *self.interfaces.problems,
        ]
        if not self.problems or all(found.severity is Severity.WARNING for found in self.problems):
            self.hosts = cloudnet.Hosts(self.placed, self.given4.blocks, self.given6.blocks, lock)
            self.leases = Leases(estate, self.given4.blocks, self.given6.blocks, lock)
            self.problems += [*self.hosts.problems, *self.leases.problems]

    def _wants(self) -> Iterator[Want]:
        yield from routing.wants(self.estate)
        yield from wan.wants(self.topology)
        yield from cloudnet.wants(self.placed)
        yield from zones.wants(self.estate)

    def plan(self) -> NetworkPlan:
        """Return the plan."""
        links = wan.links(self.topology, self.interfaces.names, self.given4.blocks, self.given6.blocks)
        at: dict[str, list[WanLink]] = {}
        for link in links:
            for end in link.ends:
                at.setdefault(end.site, []).append(link)
        names = routing.names(self.estate)
        towns = sorted(self.estate.municipalities, key=lambda town: town.nis)
        owners = {str(town.id): f"t{town.nis}" for town in towns} | {SHARED: SHARED}
        return NetworkPlan(
            estate=str(self.estate.name),
            domain=str(self.estate.domain),
            asn=int(self.estate.pools.asn),
            pools4=tuple(prefix.network for prefix in self.estate.pools.ipv4),
            pools6=tuple(prefix.network for prefix in self.estate.pools.ipv6),
            towns=tuple(self._town(town) for town in towns),
            routers=tuple(
                self._router(town, site, names[site.path], tuple(at.get(site.path, ())))
                for town in towns
                for site in sorted(town.sites, key=lambda site: site.id)
            ),
            links=links,
            vrfs=tuple(vrf for _, vrf in sorted(self.vrfs.items())),
            cloud_networks=cloudnet.networks(self.placed, self.given4.blocks, self.given6.blocks, owners),
            cloud_addresses=self.hosts.addresses,
            balancers=self.hosts.balancers,
            services=cloudnet.services(self.estate, self.hosts.addresses),
            upstreams=_upstreams(self.estate),
            rules=policy.rules(self.estate, self.managed),
            datacentres=self.topology.centres,
            floating=floating.prefixes(self.estate),
            fibre=self.fibre.plan,
        )

    def floated(self, plan: NetworkPlan) -> NetworkPlan:
        """Return the plan with the floating addresses that its flows ask for."""
        self.floating = floating.Floating(self.estate, plan, self.lock)
        if not self.floating.addresses:
            return plan
        addresses = self.floating.applied(plan.cloud_addresses)
        return replace(
            plan,
            cloud_addresses=addresses,
            balancers=self.floating.applied(plan.balancers),
            services=cloudnet.services(self.estate, addresses),
        )

    def _town(self, town: Municipality) -> TownPlan:
        key = town_key(town)
        return TownPlan(
            nis=str(town.nis),
            id=str(town.id),
            asn=self.asn[f"asn {town.nis}"],
            blocks4=self._networks(key, 4),
            blocks6=self._networks(key, 6),
            vrf=self.vrfs[f"t{town.nis}"],
            hub=self.topology.hubs[town.id],
        )

    def _router(self, town: Municipality, site: Site, name: str, links: tuple[WanLink, ...]) -> RouterPlan:
        key = site_key(town, site)
        centres = [dc for dc, path in self.topology.centres.items() if path == site.path]
        hub = self.topology.hubs[town.id] == site.path
        zone_plans = tuple(self._zone(town, site, zone) for zone in sorted(site.zones, key=lambda zone: zone.id))
        return RouterPlan(
            key=key,
            name=name,
            site=site,
            town=town,
            place=Place.DATACENTRE if centres else Place.HUB if hub else Place.EDGE,
            asn=self.asn[f"asn {town.nis}"],
            loopback4=IPAddress(self.given4.blocks[f"router {key}"][0][0], 4),
            loopback6=IPAddress(self.given6.blocks[f"router {key}"][0][0], 6),
            blocks4=self._networks(f"site {key}", 4),
            blocks6=self._networks(f"site {key}", 6),
            zones=zone_plans,
            links=links,
            vrfs=self._vrfs_at(town, zone_plans, bool(centres), hub),
            datacentre=centres[0] if centres else "",
            public=self._public(site.path),
            ports=ports.declared(self.estate, self.routers.get(site.path)),
        )

    def _public(self, path: str) -> tuple[PublicEnd, ...]:
        """Return the public addresses of the datacentre at a site, IPv4 first; none where there is no datacentre."""
        found = [_public_end(item) for dc in self.estate.datacentres if dc.at == path for item in dc.public]
        return tuple(sorted(found, key=lambda end: int(end.address.version)))

    def _vrfs_at(
        self, town: Municipality, zone_plans: tuple[ZonePlan, ...], centre: bool, hub: bool
    ) -> tuple[Vrf, ...]:
        """Return all at a datacentre, a municipality's two at its hub, else those of the zones there."""
        if centre:
            return tuple(vrf for _, vrf in sorted(self.vrfs.items()))
        here = {f"t{town.nis}", *(zone.vrf for zone in zone_plans)} | ({f"g{town.nis}"} if hub else set())
        return tuple(self.vrfs[name] for name in sorted(here))

    def _zone(self, town: Municipality, site: Site, zone: Zone) -> ZonePlan:
        key, kind, entity = zone_key(town, site, zone), zone_kinds()[zone.kind], entity_of(town, site, zone)
        return ZonePlan(
            key=key,
            zone=zone,
            site=site.path,
            icr=kind.icr,
            vlan=self.vlans.ids[f"zone {key}"],
            vrf=f"{'g' if kind.guest else 't'}{town.nis}",
            prefix4=self._networks(f"zone {key}", 4)[0],
            prefix6=self._networks(f"zone {key}", 6)[0],
            reservations=tuple(self.leases.by_zone.get(f"zone {key}", ())),
            entity=entity,
            desks=kind.desks,
            managers=self.managed[key].managers if key in self.managed else (),
            apart=is_apart(town, entity),
        )

    def _networks(self, key: str, version: Literal[4, 6]) -> tuple[IPNetwork, ...]:
        given, width = (self.given4, 32) if version == 4 else (self.given6, 128)
        return tuple(IPNetwork((base, width - order), version=version) for base, order in given.blocks[key])

    def new_lock(self, serials: Mapping[str, Entry]) -> Lock:
        """Return the lock after this plan: what is in use, and what is gone but kept."""
        values = self._values()
        entries = {key: self._entry(key, values.get(key, ())) for key in self.given4.blocks.keys() | values.keys()}
        for address in (*self.hosts.addresses, *self.hosts.balancers):
            blocks: tuple[Block, Block] = ((int(address.address4), 0), (int(address.address6), 0))
            key = address.key.replace(":", " ", 1)
            entries[key] = Entry((blocks[0],), (blocks[1],), values[key])
        for key, (four, six) in self.leases.addresses.items():
            entries[key] = Entry(((four, 0),), ((six, 0),))
        entries |= self.floating.entries()
        entries |= serials
        dropped = self.given4.dropped | self.given6.dropped
        for key, entry in self.lock.entries.items():
            if key not in entries and not _lost(key, dropped):
                entries[key] = Entry(entry.ipv4, entry.ipv6, entry.values, released=True)
        return Lock(str(self.estate.name), entries)

    def _entry(self, key: str, values: tuple[tuple[str, str], ...]) -> Entry:
        return Entry(self.given4.blocks.get(key, ()), self.given6.blocks.get(key, ()), values)

    def _values(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return what the lock keeps beside prefixes, by key."""
        values = {key: (("vlan", str(vlan)),) for key, vlan in self.vlans.ids.items()}
        values |= {key: (("number", str(asn)),) for key, asn in self.asn.items()}
        found: dict[str, tuple[tuple[str, str], ...]] = {**values}
        for name, vrf in self.vrfs.items():
            found[f"vrf {name}"] = (("table", str(vrf.table)), ("vni", str(vrf.vni)))
        for key, (one, other) in self.interfaces.names.items():
            found[key] = (("a", one), ("b", other))
        for town in self.estate.municipalities:
            if homes := self.topology.homes[town.id]:
                found[f"home {town.nis}"] = (("at", homes[0]),)
        for instance in self.placed.instances:
            found[instance.key] = (("at", instance.datacentre),)
        return found


def _public_end(public: PublicAddress) -> PublicEnd:
    gateway = public.gateway.address if public.gateway else None
    return PublicEnd(address=public.address.ip, network=public.address.network, gateway=gateway)


def _lost(key: str, dropped: frozenset[str]) -> bool:
    """Tell whether a thing, or what it lay in, had to give its numbers away."""
    while key:
        if key in dropped:
            return True
        key = parent_key(key)
    return False


def _pool(estate: Estate, version: int) -> Pool:
    prefixes = estate.pools.ipv4 if version == 4 else estate.pools.ipv6
    networks = [prefix.network for prefix in prefixes]
    reserved = [prefix.network for prefix in estate.pools.reserved]
    return Pool(
        version=version,
        blocks=tuple(_block(network) for network in networks),
        reserved=tuple(_block(network) for network in reserved if network.version == version),
        mark=estate.pools.origin.at(f"ipv{version}"),
    )


def _block(network: IPNetwork) -> Block:
    return int(network.first), int((32 if network.version == 4 else 128) - network.prefixlen)


def _upstreams(estate: Estate) -> tuple[UpstreamPlan, ...]:
    """Return the upstream networks by id; one without prefixes is everything outside the pools.

    Their datacentres keep the order in which they are declared: it says which one is active.
    """
    centres = tuple(sorted(str(dc.id) for dc in estate.datacentres))
    return tuple(
        UpstreamPlan(
            id=str(upstream.id),
            kind=str(upstream.kind),
            asn=int(upstream.asn) if upstream.asn is not None else None,
            datacentres=tuple(dict.fromkeys(str(dc) for dc in upstream.at)) or centres,
            prefixes4=_of_version(upstream.prefixes, 4),
            prefixes6=_of_version(upstream.prefixes, 6),
            public=upstream_kinds()[upstream.kind].public,
            translate4=_of_version(upstream.translate, 4),
            translate6=_of_version(upstream.translate, 6),
        )
        for upstream in sorted(estate.upstreams, key=lambda upstream: upstream.id)
    )


def _of_version(prefixes: Iterable[Prefix], version: int) -> tuple[IPNetwork, ...]:
    return tuple(prefix.network for prefix in prefixes if prefix.network.version == version)
