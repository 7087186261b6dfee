"""The hosts that playbooks run on: managed devices, site routers and virtual servers, with groups and few variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from virgem.modules.devices.opened import Opened, Openings
from virgem.modules.devices.rings import ring_by_share, ring_of
from virgem.modules.estate.kinds import device_kinds
from virgem.modules.estate.kinds.types import DeviceKind
from virgem.modules.estate.model import Estate, Municipality, Server, Site
from virgem.modules.estate.names import device_name
from virgem.modules.estate.scalars import Identifier
from virgem.network import ports
from virgem.network.management import configured
from virgem.network.model import CloudAddress, NetworkPlan, ZonePlan

# Hosts that no play can reach, each for one of these reasons.
UNADDRESSED = "unaddressed"
NO_MAC = "no MAC address is recorded, so there is no fixed address"
NO_ZONE = "its site has no zone in which routers are managed"
APART = "its body has rules of its own: nobody else manages its devices"
NO_TIER = "there is no management tier that reaches its zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host: its name, groups and variables, all texts, and what its own firewall lets in.

    `management` are the prefixes that may reach ssh, none for everybody; None where nobody may. `services` are the
    kinds of shared services that it may use.
    """

    name: str
    groups: tuple[str, ...]
    variables: Mapping[str, str]
    opened: tuple[Opened, ...] = ()
    management: tuple[str, ...] | None = None
    services: tuple[str, ...] = ()

    @property
    def document(self) -> Mapping[str, object]:
        """All its variables as Ansible takes them."""
        flows = {"virgem_flows": [one.document for one in self.opened]} if self.opened else {}
        managed = {} if self.management is None else {"virgem_management": list(self.management)}
        used = {"virgem_reaches": list(self.services)} if self.services else {}
        return {**self.variables, **flows, **managed, **used}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All hosts by name, and the variables of the whole region."""

    hosts: tuple[Host, ...]
    services: Mapping[str, tuple[str, ...]]  # kind of service -> addresses, for every host
    reflectors: Mapping[str, tuple[str, ...]]  # name of a datacentre's router -> its loopbacks, for every host

    @property
    def variables(self) -> Mapping[str, Mapping[str, list[str]]]:
        """The variables of every host, by name."""
        named = {"virgem_services": self.services, "virgem_reflectors": self.reflectors}
        return {name: {key: list(value) for key, value in sorted(rows.items())} for name, rows in named.items()}

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the hosts in every group, sorted; `unaddressed` is always there, plays leave it out by name."""
        found: dict[str, list[str]] = {UNADDRESSED: []}
        for host in self.hosts:
            for group in host.groups:
                found.setdefault(group, []).append(host.name)
        return {group: tuple(names) for group, names in sorted(found.items())}


def inventory(estate: Estate, plan: NetworkPlan) -> Inventory:
    """Return the hosts of an estate, sorted by name."""
    openings = Openings(plan)
    hosts = [*_routers(estate, plan, openings), *_devices(estate, plan, openings), *_servers(estate, plan, openings)]
    reflectors = {router.name: (str(router.loopback4), str(router.loopback6)) for router in plan.reflectors}
    ordered = tuple(sorted(hosts, key=lambda host: host.name))
    return Inventory(hosts=ordered, services=_services(plan), reflectors=reflectors)


def _services(plan: NetworkPlan) -> Mapping[str, tuple[str, ...]]:
    """Return the addresses by kind, for that is what a host asks for, whatever a region calls its services."""
    found: dict[str, list[str]] = {}
    for service in plan.services:
        found.setdefault(service.kind, []).extend(str(a) for h in service.hosts for a in (h.address4, h.address6))
    return {kind: tuple(addresses) for kind, addresses in sorted(found.items())}


def _routers(estate: Estate, plan: NetworkPlan, openings: Openings) -> Iterator[Host]:
    rows = _router_rows(estate)
    usual = next(kind for kind in device_kinds().values() if kind.site_router and kind.usual)
    for router in plan.routers:
        kind, zone = rows.get(router.site.path, usual), router.managed_in
        host = _host(
            name=router.name,
            role=kind.role,
            town=router.town,
            site=router.site,
            ring=ring_by_share(router.name, estate.rings),
            more={
                **_reached(zone, str(zone.gateway4) if zone else "", NO_ZONE),
                "virgem_kind": kind.id,
                "virgem_loopback4": str(router.loopback4),
                "virgem_loopback6": str(router.loopback6),
                "virgem_zone": zone.zone.id if zone else "",
                "virgem_owner": router.site.owner,
                "virgem_rendered": router.folder,
                # Where it reaches the shared services; its own table knows routers only.
                "virgem_vrf": zone.vrf if zone else "",
            },
        )
        yield _opened(host, zone, openings)


def _router_rows(estate: Estate) -> dict[str, DeviceKind]:
    """Return the kind of router that the rows of devices tell of a site, by the site's path."""
    rows = ports.routers(estate).items()
    return {site: device_kinds()[estate.profile_by_id[device.profile].kind] for site, device in rows}


def _reached(zone: ZonePlan | None, address: str, without: str) -> Mapping[str, str]:
    """Return the address of a host where somebody manages its zone, else the reason why no play reaches it."""
    if zone is None or not address:
        return {"virgem_unaddressed": without}
    if not zone.managers:
        return {"virgem_unaddressed": APART if zone.apart else NO_TIER}
    return {"ansible_host": address}


def _opened(host: Host, place: ZonePlan | CloudAddress | None, openings: Openings) -> Host:
    """Add what may reach ssh on a host that a play reaches, and which services it may use."""
    if place is None or _unreached(host.variables):
        return host
    return replace(host, management=openings.managers(place), services=openings.services(place))


def _unreached(variables: Mapping[str, str]) -> bool:
    return "ansible_host" not in variables


def _devices(estate: Estate, plan: NetworkPlan, openings: Openings) -> Iterator[Host]:
    kinds = device_kinds()
    places = {
        (router.site.path, device.name): (zone, str(device.address4))
        for router in plan.routers
        for zone in router.zones
        for device in zone.reservations
    }
    for device in estate.devices:
        # The site router is planned, not bought as a managed host: its host comes from the plan.
        if not configured(estate, device):
            continue
        profile = estate.profile_by_id[device.profile]
        kind = kinds[profile.kind]
        site = estate.sites[device.site]
        town = estate.towns[site.municipality]
        name = device_name(device)
        zone, address = places.get((device.site, name), (None, ""))
        host = _host(
            name=name,
            role=kind.role,
            town=town,
            site=site,
            ring=ring_of(device, estate.rings),
            more={
                **_reached(zone, address, NO_MAC),
                "virgem_kind": kind.id,
                "virgem_profile": profile.id,
                "virgem_zone": device.zone or profile.zone or kind.zone,
                "virgem_owner": device.owner or site.owner,
            },
        )
        yield _opened(host, zone, openings)


def _servers(estate: Estate, plan: NetworkPlan, openings: Openings) -> Iterator[Host]:
    servers: dict[tuple[str, str], tuple[Municipality, Server]] = {
        (town.id, s.id): (town, s) for town in estate.municipalities if town.cloud for s in town.cloud.servers
    }
    make = partial(_server, estate)
    for address in plan.cloud_addresses:
        found = servers.get((address.tenant, address.server))
        host = make(address, *found) if found else make(address, None, None)
        yield _opened(replace(host, opened=openings.of(address)), address, openings)


def _server(estate: Estate, address: CloudAddress, town: Municipality | None, server: Server | None) -> Host:
    name = f"{address.tenant}-{address.name}"
    services = {service.id: service.owner for service in estate.services}
    owner = server.owner if server else services[Identifier(address.server)]
    return _host(
        name=name,
        role="server_baseline",
        town=town,
        site=None,
        ring=ring_by_share(name, estate.rings),
        more={
            "ansible_host": str(address.address4),
            "virgem_kind": "virtual-server",
            "virgem_zone": server.tier.value if server else "shared",
            "virgem_owner": owner,
        },
    )


def _host(
    *, name: str, role: str, town: Municipality | None, site: Site | None, ring: str, more: Mapping[str, str]
) -> Host:
    variables = {
        **more,
        "virgem_municipality": town.nis if town else "shared",
        "virgem_site": site.path if site else "",
        "virgem_ring": ring,
    }
    groups = [role, f"m_{town.nis}" if town else "m_shared", f"k_{variables['virgem_kind']}", f"r_{ring}"]
    if _unreached(variables):
        groups.append(UNADDRESSED)
    if site:
        groups.append(f"s_{site.path}")
    if profile := variables.get("virgem_profile"):
        groups.append(f"p_{profile}")
    return Host(
        name=name,
        groups=tuple(group_name(group) for group in groups),
        variables={key: value for key, value in sorted(variables.items()) if value},
    )


def group_name(text: str) -> str:
    """Return a valid Ansible group name: letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", text)
