"""Finds the ends of a flow by the names that people use: of zones, devices, servers, tiers, upstreams; addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NoReturn, TypeVar

from netaddr import INET_PTON, AddrFormatError, IPAddress, IPNetwork

from virgem.modules.estate.kinds import device_kinds, zone_kinds
from virgem.modules.estate.model import Device, Estate
from virgem.modules.estate.names import device_name
from virgem.modules.estate.scalars import show
from virgem.modules.estate.values import did_you_mean
from virgem.modules.problem import Mark, UserError
from virgem.network.beyond import beyond
from virgem.network.explain.model import End
from virgem.network.leases import PRESENT, lives_in
from virgem.network.management import configured
from virgem.network.matrix import Place, matrix
from virgem.network.model import SHARED, CloudAddress, CloudNetwork, NetworkPlan, RouterPlan, UpstreamPlan, ZonePlan
from virgem.network.zones import RESERVED

T = TypeVar("T")

FORMS = (
    "name a zone (kortrijk/bib:administration), a device, a server (kortrijk:web), a tier (kortrijk:dmz), a shared "
    "service (shared:dns), an upstream (upstream:internet) or an address"
)


class Ends:
    """Looks up the ends of flows in one estate and its plan."""

    def __init__(self, estate: Estate, plan: NetworkPlan) -> None:
        self.estate, self.plan = estate, plan

    def find(self, text: str, *, starts: bool = False) -> End:
        """Return what a name stands for; refuse what is unknown or stands for several, with the way out.

        Where a load balancer and servers bear one name it is the servers that start a flow and the load balancer that
        clients go by.
        """
        try:
            address = IPAddress(text, flags=INET_PTON)
        except (AddrFormatError, ValueError):
            where, colon, what = text.partition(":")
            return self._placed(where, what, starts) if colon else self._bare(text)
        return self._address(address)

    def _placed(self, where: str, what: str, starts: bool) -> End:
        head, slash, rest = where.partition("/")
        head = self._towns.get(head, head)
        if where == "upstream":
            return self._upstream(what)
        if where == SHARED:
            return self._tenant(SHARED, what, starts)
        if slash:
            return self._of_site(f"{head}/{rest}", what)
        if head not in self.estate.towns:
            hint = did_you_mean(head, [*self.estate.towns, SHARED, "upstream"], FORMS)
            raise UserError(f"this estate has no municipality {show(head)}", hint)
        return self._tenant(head, what, starts)

    @cached_property
    def _towns(self) -> Mapping[str, str]:
        return {str(town.nis): str(town.id) for town in self.estate.municipalities}

    def _of_site(self, path: str, what: str) -> End:
        router = self.plan.router_at.get(path)
        if router is None:
            raise UserError(f"this estate has no site {show(path)}", did_you_mean(path, self.plan.router_at, FORMS))
        exact = [zone for zone in router.zones if zone.zone.id == what]
        found = exact or [zone for zone in router.zones if what in (zone.zone.kind, zone.icr.value)]
        if not found:
            listed = [str(zone.zone.id) for zone in router.zones]
            hint = did_you_mean(what, listed, f"it has {', '.join(listed)}" if listed else "it has none")
            raise UserError(f"{path} has no zone {show(what)}", hint)
        return self.of_zone(_only(found, what, [f"{path}:{zone.zone.id}" for zone in found]))

    def _tenant(self, tenant: str, what: str, starts: bool) -> End:
        """Return what goes by a name in the cloud of a tenant, else the one zone of that name in a municipality."""
        known = matrix(self.plan)
        hosts = known.servers.get((tenant, what), ())
        balancers = [b for b in known.balancers.get(tenant, ()) if b.server == what]
        if balancers and not (starts and hosts):
            return self._host(balancers[0], balancer=True, alike=hosts)
        if hosts:
            return self._host(hosts[0], alike=hosts)
        if one := next((h for h in self.plan.cloud_addresses if (h.tenant, h.name) == (tenant, what)), None):
            return self._host(one)
        if networks := [n for n in known.networks.get(tenant, ()) if n.tier == what]:
            return self.of_network(networks[0])
        zones = [z for z in known.zones_by_town.get(tenant, ()) if what in (z.zone.id, z.zone.kind)]
        if not zones:
            self._unknown(tenant, what)
        return self.of_zone(_only(zones, what, [f"{zone.site}:{zone.zone.id}" for zone in zones]))

    def _unknown(self, tenant: str, what: str) -> NoReturn:
        known = matrix(self.plan)
        names = {name for owner, name in known.servers if owner == tenant}
        names |= {b.server for b in known.balancers.get(tenant, ())}
        names |= {str(n.tier) for n in known.networks.get(tenant, ())}
        names |= {str(zone.zone.id) for zone in known.zones_by_town.get(tenant, ())}
        hint = did_you_mean(what, sorted(names), f"it has {_some(sorted(names))}" if names else "it has none")
        raise UserError(f"{tenant} has no server, service, tier or zone {show(what)}", hint)

    def _upstream(self, what: str) -> End:
        known = {upstream.id: upstream for upstream in self.plan.upstreams}
        if what not in known:
            hint = did_you_mean(what, known, f"there are: {_some(sorted(known))}" if known else "it has none")
            raise UserError(f"this estate has no upstream network {show(what)}", hint)
        return self.of_upstream(known[what])

    def _bare(self, text: str) -> End:
        """Return the device, server or router that bears a name of its own."""
        if device := self._devices.get(text.lower()) or self._serials.get(text):
            return self._device(device)
        hosts = [h for h in self.plan.cloud_addresses if h.name == text]
        hosts = hosts or [h for h in self.plan.cloud_addresses if h.server == text][:1]
        places = sorted({h.tenant for h in self.plan.cloud_addresses if text in (h.name, h.server)})
        if hosts:
            _only(places, text, [f"{place}:{text}" for place in places])
            return self._host(hosts[0], alike=matrix(self.plan).servers[hosts[0].tenant, hosts[0].server])
        if router := next((router for router in self.plan.routers if router.name == text), None):
            return self._router(text, router)
        options = [*self._devices, *self._serials, *(h.name for h in self.plan.cloud_addresses)]
        options += [router.name for router in self.plan.routers]
        raise UserError(f"nothing of this estate is called {show(text)}", did_you_mean(text, options, FORMS))

    @cached_property
    def _devices(self) -> Mapping[str, Device]:
        return {device_name(device): device for device in self.estate.devices}

    @cached_property
    def _serials(self) -> Mapping[str, Device]:
        return {str(device.serial): device for device in self.estate.devices}

    def _device(self, device: Device) -> End:
        name, router = device_name(device), self.plan.router_at.get(device.site)
        if device.state not in PRESENT:
            raise UserError(f"device {name} is {device.state}, so it is not on the network", FORMS)
        zone_id = lives_in(self.estate, self.estate.sites[device.site], device)
        zone = next((zone for zone in router.zones if zone.zone.id == zone_id), None) if router else None
        if zone is None:
            assert router is not None, "a device is of a site of the estate"
            kind = device_kinds()[self.estate.profile_by_id[device.profile].kind]
            if not kind.site_router:
                raise _homeless(name, router)
            return self._router(name, router)
        end = self.of_zone(zone)
        fixed = next((one for one in zone.reservations if one.name == name), None)
        end = replace(end, address4=fixed.address4, address6=fixed.address6) if fixed else end
        kept = configured(self.estate, device)
        return replace(end, name=name, says=f"device {name} in {end.says}", origin=device.origin.mark, kept=kept)

    def _router(self, name: str, router: RouterPlan) -> End:
        """Return a router itself, at the address where it is managed."""
        zone = router.managed_in
        if zone is None:
            raise UserError(f"{name} is a router that is managed in no zone: nothing reaches it", FORMS)
        return replace(
            self.of_zone(zone),
            name=name,
            says=f"router {router.name}, managed in zone {zone.zone.id} of {router.site.path}",
            itself=True,
            address4=zone.gateway4,
            address6=zone.gateway6,
        )

    def of_zone(self, zone: ZonePlan) -> End:
        """Return any host of a zone."""
        site = self.estate.sites[zone.site]
        name = f"{zone.site}:{zone.zone.id}"
        taken = {int(address) for one in zone.reservations for address in (one.address4, one.address6)}
        return End(
            name=name,
            says=f"zone {zone.zone.id} of {zone.site} ({zone_kinds()[zone.zone.kind].en}, ICR {zone.icr})",
            endpoint=name,
            zone=zone,
            address4=_free(zone.prefix4, taken),
            address6=_free(zone.prefix6, taken),
            origin=zone.zone.origin.mark if zone.zone.origin.mark.file else site.origin.mark,
        )

    def of_network(self, network: CloudNetwork) -> End:
        """Return any server of a tier; a flow of the estate names servers, so none can name this."""
        return End(
            name=f"{network.tenant}:{network.tier}",
            says=f"the {network.tier} tier of {network.tenant} in datacentre {network.datacentre}",
            network=network,
            # The last but one: servers are numbered from the start.
            address4=IPAddress(network.prefix4.last - 1, 4),
            address6=IPAddress(network.prefix6.first + network.prefix4.size - 2, 6),
            origin=self._tenant_mark(network.tenant),
            note="an example; what holds for one server alone is told when it is named",
        )

    def _tenant_mark(self, tenant: str) -> Mark:
        town = self.estate.towns.get(tenant)
        return town.cloud.origin.mark if town and town.cloud else self.estate.operator.origin.mark

    def _host(self, host: CloudAddress, *, balancer: bool = False, alike: Iterable[CloudAddress] = ()) -> End:
        what = "load balancer" if balancer else "server"
        network, others = self.plan.network[host.network], [one.name for one in alike if one != host]
        note = f"{host.name} of {len(others) + 1} alike; name another to follow that" if others else ""
        note = self._spread(host) if balancer else note
        return End(
            name=f"{host.tenant}:{host.server if balancer else host.name}",
            says=f"{what} {host.name} of {host.tenant} ({network.tier} tier, datacentre {network.datacentre})",
            endpoint=f"{host.tenant}:{host.server}",
            network=network,
            host=host,
            balancer=balancer,
            address4=host.address4,
            address6=host.address6,
            origin=self._host_mark(host, balancer),
            note=note,
        )

    def _spread(self, balancer: CloudAddress) -> str:
        """Return what is behind a load balancer: a connection of its own, from the network that both stand in."""
        share = self.estate.towns[balancer.tenant].cloud
        one = next(one for one in (share.load_balancers if share else ()) if one.id == balancer.server)
        behind = ", ".join(str(server).replace("/", ":") for server in one.servers)
        return f"it spreads over {behind}, at tcp/{one.server_port or one.port}; name a server to go past it"

    def _host_mark(self, host: CloudAddress, balancer: bool) -> Mark:
        town = self.estate.towns.get(host.tenant)
        share = town.cloud if town else None
        among = (share.load_balancers if balancer else share.servers) if share else self.estate.services
        return next((one.origin.mark for one in among if one.id == host.server), self.estate.origin.mark)

    def of_upstream(self, upstream: UpstreamPlan) -> End:
        """Return any host of an upstream network; in a family of which it has no prefix it has no address."""
        found: dict[int, IPNetwork] = {}
        for prefix in beyond(self.plan, upstream):
            found.setdefault(int(prefix.version), prefix)
        mark = next((u.origin.mark for u in self.estate.upstreams if u.id == upstream.id), self.estate.origin.mark)
        return End(
            name=f"upstream:{upstream.id}",
            says=f"upstream network {upstream.id}",
            endpoint=f"upstream:{upstream.id}",
            upstream=upstream,
            address4=IPAddress(found[4].first + 1, 4) if 4 in found else None,
            address6=IPAddress(found[6].first + 1, 6) if 6 in found else None,
            origin=mark,
        )

    def _address(self, address: IPAddress) -> End:
        place = matrix(self.plan).place(address)
        if place.host or place.balancer:
            host = place.balancer or place.host
            assert host is not None
            return self._host(host, balancer=place.balancer is not None)
        end = self._around(place, address)
        if end is None:
            raise UserError(f"{address} {self._whose(address)}", FORMS)
        if end.zone is not None and end.name != end.endpoint:
            return end  # a device or a router: it has an address of each family
        alone = replace(end, name=str(address), address4=None, address6=None, note="")
        return replace(alone, address4=address) if address.version == 4 else replace(alone, address6=address)

    def _around(self, place: Place, address: IPAddress) -> End | None:
        """Return the zone, tier or upstream network that an address is part of, when a host may have it there."""
        if place.zone is not None:
            return self._in_zone(place.zone, address)
        if place.network is not None:
            left = place.network.left(4 if address.version == 4 else 6)
            return None if address <= left[1] else self.of_network(place.network)
        upstreams = [u for u in self.plan.upstreams if u.id in place.upstreams]
        return self.of_upstream(upstreams[0]) if upstreams else None

    def _in_zone(self, zone: ZonePlan, address: IPAddress) -> End:
        prefix = zone.prefix4 if address.version == 4 else zone.prefix6
        if address in (zone.gateway4, zone.gateway6):
            return self._gateway(zone, address)
        if int(address) == prefix.first or (address.version == 4 and int(address) == prefix.last):
            raise UserError(f"{address} is no host's: it is an end of {prefix}", f"name a host within {prefix}")
        owner = next((one for one in zone.reservations if address in (one.address4, one.address6)), None)
        end = self._device(self._devices[owner.name]) if owner else self.of_zone(zone)
        return replace(end, says=f"{address}, in {end.says}") if not owner else end

    def _gateway(self, zone: ZonePlan, address: IPAddress) -> End:
        router = self.plan.router_at[zone.site]
        if zone != router.managed_in:
            hint = f"name the router: {router.name}"
            raise UserError(f"{address} is the gateway of {zone.site}:{zone.zone.id}; no flow ends there", hint)
        return self._router(router.name, router)

    def _whose(self, address: IPAddress) -> str:
        """Return why an address is no end of a flow."""
        for router in self.plan.routers:
            if address in (router.loopback4, router.loopback6):
                return f"is the loopback of {router.name}: routers speak from it, nothing of a tenant"
        for link in self.plan.links:
            if any(address in (end.address4.ip, end.address6.ip) for end in link.ends):
                return f"is an end of link {link.key}: routers speak from it, nothing of a tenant"
        pools = self.plan.pools4 if address.version == 4 else self.plan.pools6
        return (
            "lies in the pools, but the plan gave it to nobody"
            if any(address in p for p in pools)
            else ("is nowhere in this plan, nor in a network above the region")
        )


def _free(prefix: IPNetwork, taken: set[int]) -> IPAddress:
    """Return an address that hosts of a zone may have and no device of the estate has."""
    places = range(int(prefix.first) + RESERVED, int(prefix.last))
    return IPAddress(next((place for place in places if place not in taken), places[0]), prefix.version)


def _only(found: list[T], what: str, named: list[str]) -> T:
    if len(found) > 1:
        raise UserError(f"{show(what)} stands for {len(found)} things here", f"name one: {_some(named)}")
    return found[0]


def _homeless(name: str, router: RouterPlan) -> UserError:
    listed = ", ".join(f"{router.site.path}:{zone.zone.id}" for zone in router.zones)
    return UserError(f"device {name} lives in no zone of {router.site.path}", f"name a zone: {listed}")


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
