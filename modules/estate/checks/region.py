"""The region: who belongs to it, where things stand, which numbers may be given out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import pi, sqrt

from netaddr import IPAddress, IPNetwork, IPSet

from virgem.modules.estate.addresses import PRIVATE, hidden
from virgem.modules.estate.base import Located
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, item, lacks
from virgem.modules.estate.geo import distance_km, great_circle_km
from virgem.modules.estate.kinds import entity_kinds
from virgem.modules.estate.model import Datacentre, Municipality, PublicAddress, Site
from virgem.modules.estate.public import municipalities, municipality, regions
from virgem.modules.estate.scalars import Prefix

# For examples: RFC 5737, RFC 3849 and RFC 9637.
_EXAMPLES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
# Nobody is found there from outside (RFC 6890): this host, loopback, link-local, multicast and what is kept for later.
_NOBODY4 = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
_NOBODY6 = ("::/127", "::ffff:0:0/96", "fe80::/10", "ff00::/8")
_NOT_PUBLIC = tuple(IPNetwork(text) for text in (*PRIVATE, *_NOBODY4, *_NOBODY6))
_LINK_LOCAL = IPNetwork("fe80::/10")
_PRIVATE = tuple(IPNetwork(text) for text in (*PRIVATE, *_EXAMPLES))
# Two datacentres nearer than this share a flood, a fire or a power cut; a choice of this project.
_APART_KM = 5.0


@check("E401")
def municipality_belongs_to_the_region(facts: Facts) -> Iterator[Finding]:
    region = facts.estate.region
    if region not in regions():
        return
    for town in facts.estate.municipalities:
        public = municipality(town.nis)
        if public and public.region != region:
            own = regions()[public.region].name
            message = f"{town.name} ({town.nis}) lies in reference region {public.region} ({own}), not in {region}"
            yield Finding(town.origin.at("municipality"), message, "move the file, or leave out `region`", town.id)


@check("E402")
def site_lies_in_its_municipality(facts: Facts) -> Iterator[Finding]:
    for town in facts.estate.municipalities:
        limit = _reach_km(town)
        for site in town.sites:
            away = distance_km(site.at, town.centre) if site.at else 0.0
            if away > limit:
                message = f"site {site.id} is {away:.1f} km from the centre of {town.name}, more than {limit:.1f} km"
                yield Finding(site.origin.at("at"), message, _nearest(facts, site, town), site.path)


def _reach_km(town: Municipality) -> float:
    """Return how far a site may lie from the centre: 2.5 times the radius of a circle of the town's area, plus 3 km."""
    public = municipality(town.nis)
    return 3.0 + 2.5 * sqrt((public.area_km2 if public else 100.0) / pi)


def _nearest(facts: Facts, site: Site, town: Municipality) -> str:
    assert site.at is not None
    place = site.at
    away = {nis: great_circle_km(place.lat, place.lon, t.lat, t.lon) for nis, t in municipalities().items()}
    near = municipalities()[min(away, key=lambda nis: away[nis])]
    where = f"the place is {away[near.nis]:.1f} km from the centre of {near.name}"
    if near.nis != town.nis and any(other.nis == near.nis for other in facts.estate.municipalities):
        return f"{where}: does the site belong in its file?"
    return f"{where}: is it right? latitude comes first, then longitude"


@check("W403")
def two_sites_stand_apart(facts: Facts) -> Iterator[Notice]:
    seen: dict[tuple[float, float], Site] = {}
    for site in facts.sites:
        if site.at is None:
            continue
        first = seen.setdefault((site.at.lat, site.at.lon), site)
        if first is not site:
            yield Notice(
                site.origin.at("at"), {"site": site.path, "other": first.path}, site.path, (first.origin.at("at"),)
            )


@check("E404")
def pools_do_not_overlap(facts: Facts) -> Iterator[Finding]:
    pools = facts.estate.pools
    for key, prefixes in (("ipv4", pools.ipv4), ("ipv6", pools.ipv6)):
        earlier: list[Prefix] = []
        for index, prefix in enumerate(prefixes):
            clash = next((other for other in earlier if _overlap(other, prefix)), None)
            if clash:
                message = f"pool {prefix} overlaps pool {clash}"
                yield Finding(item(pools, key, index), message, "keep the larger of the two", "pools")
            earlier.append(prefix)


@check("E405")
def reserved_leaves_something(facts: Facts) -> Iterator[Finding]:
    pools = facts.estate.pools
    reserved = IPSet([prefix.network for prefix in pools.reserved])
    for key, prefixes in (("ipv4", pools.ipv4), ("ipv6", pools.ipv6)):
        for index, prefix in enumerate(prefixes):
            if IPSet([prefix.network]).issubset(reserved):
                message = f"pool {prefix} is reserved as a whole, so nothing of it can be given out"
                yield Finding(item(pools, key, index), message, "reserve a part of it, or add a pool", "pools")


@check("W406")
def pool_is_private(facts: Facts) -> Iterator[Notice]:
    pools = facts.estate.pools
    for key, prefixes in (("ipv4", pools.ipv4), ("ipv6", pools.ipv6)):
        for index, prefix in enumerate(prefixes):
            if not any(prefix.network in private for private in _PRIVATE):
                yield Notice(
                    item(pools, key, index),
                    {"pool": prefix, "private": "10.0.0.0/8 (RFC 1918)" if key == "ipv4" else "fd00::/8 (RFC 4193)"},
                    "pools",
                )


@check("E407", missing_from=("pools",))
def both_families_have_a_pool(facts: Facts) -> Iterator[Finding]:
    pools = facts.estate.pools
    for key, other, prefixes in (("ipv4", "IPv6", pools.ipv4), ("ipv6", "IPv4", pools.ipv6)):
        if not prefixes:
            message = f"there is no {key.replace('ip', 'IP')} pool; every zone gets both families"
            yield Finding(pools.origin.at(key), message, f"add a prefix beside the {other} pool", "pools")


@check("W408", missing_from=("datacentres", "sites"))
def two_datacentres(facts: Facts) -> Iterator[Notice]:
    centres = facts.estate.datacentres
    if len(centres) < 2:
        yield Notice(facts.estate.origin.at("datacentres"), {"count": len(centres)}, facts.estate.name)


@check("E409")
def datacentres_at_two_sites(facts: Facts) -> Iterator[Finding]:
    seen: dict[str, Datacentre] = {}
    for centre in facts.estate.datacentres:
        first = seen.setdefault(centre.at, centre)
        if first is not centre:
            message = f"datacentre {centre.id} stands in the same site as {first.id}: {centre.at}"
            yield Finding(centre.origin.at("at"), message, "name another site", centre.id, (first.origin.at("at"),))


@check("W410")
def datacentres_apart(facts: Facts) -> Iterator[Notice]:
    sites = facts.estate.sites
    earlier: list[Datacentre] = []
    for centre in facts.estate.datacentres:
        for other in earlier:
            apart = distance_km(facts.place(sites[centre.at]), facts.place(sites[other.at]))
            if other.at != centre.at and apart < _APART_KM:
                yield Notice(
                    centre.origin.at("at"),
                    {"first": other.id, "second": centre.id, "apart": apart, "least": _APART_KM},
                    centre.id,
                )
        earlier.append(centre)


@check("E421")
def datacentre_is_found_from_outside(facts: Facts) -> Iterator[Finding]:
    for centre, public in _public(facts):
        found = next((network for network in _NOT_PUBLIC if public.address.ip in network), None)
        if found is not None:
            message = (
                f"public address {public.address} of datacentre {centre.id} lies in {found}, unknown to the internet"
            )
            hint = "write the address that the internet provider gave; 203.0.113.0/24 may stand for it in examples"
            yield Finding(public.origin.at("address"), message, hint, centre.id)


def _public(facts: Facts) -> Iterator[tuple[Datacentre, PublicAddress]]:
    return ((centre, public) for centre in facts.estate.datacentres for public in centre.public)


@check("E422")
def public_address_is_of_one_datacentre(facts: Facts) -> Iterator[Finding]:
    seen: dict[IPAddress, tuple[Datacentre, PublicAddress]] = {}
    for centre, public in _public(facts):
        here = public.origin.at("address")
        first, other = seen.setdefault(public.address.ip, (centre, public))
        if first is not centre:
            message = f"public address {public.address.ip} of datacentre {centre.id} is also that of {first.id}"
            yield Finding(here, message, "give each its own address", centre.id, (other.origin.at("address"),))
        elif other is not public:
            message = f"public address {public.address.ip} of datacentre {centre.id} stands twice"
            yield Finding(here, message, "write each once", centre.id, (other.origin.at("address"),))


@check("E423")
def public_address_that_is_set_has_length_and_gateway(facts: Facts) -> Iterator[Finding]:
    for centre, public in _public(facts):
        if public.address.network is not None and lacks(public, "gateway"):
            message = f"public address {public.address} of datacentre {centre.id} has a prefix length but no gateway"
            hint = "add `gateway`, or leave the length out when the provider hands the address out"
            yield Finding(public.origin.at("address"), message, hint, centre.id)
        elif public.gateway and public.address.network is None:
            message = f"public address {public.address} of datacentre {centre.id} has a gateway but no prefix length"
            yield Finding(public.origin.at("address"), message, "write the length too: 203.0.113.2/29", centre.id)


@check("E424")
def gateway_is_a_neighbour(facts: Facts) -> Iterator[Finding]:
    for centre, public in _public(facts):
        network = public.address.network
        if network is None or public.gateway is None:
            continue
        if wrong := _no_host(network.ip, network):
            message = f"public address {public.address} of datacentre {centre.id} {wrong}"
            yield Finding(public.origin.at("address"), message, "write the router's own address", centre.id)
        elif wrong := _no_neighbour(public.gateway.address, network):
            message = f"gateway {public.gateway} of datacentre {centre.id} {wrong}"
            hint = "write the gateway that the internet provider gave, and the length of the prefix around both"
            yield Finding(public.origin.at("gateway"), message, hint, centre.id)


def _no_neighbour(gateway: IPAddress, network: IPNetwork) -> str:
    """Return why a router at one address of a prefix can't reach a gateway; "" when it can.

    A gateway may have a link-local IPv6 address (RFC 4861, 6.3.4).
    """
    if gateway == network.ip:
        return "is the router's own address"
    if gateway.version == 6 == network.version and gateway in _LINK_LOCAL:
        return ""
    return _no_host(gateway, network) if gateway in network else f"lies outside {network.cidr}"


def _no_host(address: IPAddress, network: IPNetwork) -> str:
    """Return why no host of a prefix may have an address; a /31 has two hosts and nothing else (RFC 3021)."""
    if network.version == 4 and network.prefixlen < 31 and address.value in (network.first, network.last):
        return f"is the {'first' if address.value == network.first else 'last'} of {network.cidr}, of no host"
    return ""


@check("E425")
def public_addresses_of_a_family_are_set_alike(facts: Facts) -> Iterator[Finding]:
    for centre in facts.estate.datacentres:
        seen: dict[int, PublicAddress] = {}
        for public in centre.public:
            if (public.address.network is None) is not (public.gateway is None):
                continue  # told already
            first = seen.setdefault(int(public.address.ip.version), public)
            if first.gateway != public.gateway:
                one, other = first.gateway or "none", public.gateway or "none"
                message = (
                    f"public addresses {first.address} and {public.address} of datacentre {centre.id} have different "
                    f"gateways, {one} and {other}"
                )
                related = (first.origin.at("address"),)
                hint = "give those of one family the same gateway, or none of them"
                yield Finding(public.origin.at("address"), message, hint, centre.id, related)


@check("E426")
def floating_prefixes_are_ours_alone(facts: Facts) -> Iterator[Finding]:
    others = [*_others(facts)]
    seen: list[Datacentre] = []
    for centre in facts.estate.datacentres:
        if not (floating := centre.floating):
            continue
        rivals = [(f"that of datacentre {other.id}", other.floating.network) for other in seen if other.floating]
        seen.append(centre)
        clash = next((f"overlaps {what}" for what, own in (*others, *rivals) if _meets(own, floating.network)), "")
        wrong = clash or ("is private" if hidden(floating.network) else "")
        if wrong:
            message = f"prefix {floating} of floating addresses in datacentre {centre.id} {wrong}"
            hint = "write a prefix that was assigned to us and is used for nothing else"
            yield Finding(centre.origin.at("floating"), message, hint, centre.id)


def _others(facts: Facts) -> Iterator[tuple[str, IPNetwork]]:
    """Yield what a prefix of floating addresses may not overlap, with what it is."""
    estate = facts.estate
    yield from ((f"pool {pool}", pool.network) for pool in estate.pools.ipv4)
    for upstream in estate.upstreams:
        yield from ((f"{prefix} of upstream {upstream.id}", prefix.network) for prefix in upstream.prefixes)
        told = "which our traffic to {} appears as"
        yield from ((f"{p}, {told.format(upstream.id)}", p.network) for p in upstream.translate)
    for centre in estate.datacentres:
        for public in centre.public:
            own = public.address.network or IPNetwork(public.address.ip)
            yield f"{public.address}, where datacentre {centre.id} is", own.cidr


def _meets(one: IPNetwork, other: IPNetwork) -> bool:
    return bool(one.version == other.version and (one in other or other in one))


@check("W411", missing_from=("pools",))
def reserved_lies_in_a_pool(facts: Facts) -> Iterator[Notice]:
    pools = facts.estate.pools
    for index, prefix in enumerate(pools.reserved):
        if not any(_overlap(prefix, pool) for pool in (*pools.ipv4, *pools.ipv6)):
            yield Notice(item(pools, "reserved", index), {"prefix": prefix}, "pools")


@check("W412", missing_from=("sites",))
def municipality_has_sites(facts: Facts) -> Iterator[Notice]:
    for town in facts.estate.municipalities:
        if not town.sites:
            yield Notice(town.origin.at(), {"town": town.name}, town.id)


@check("W413", missing_from=("municipalities",))
def region_has_municipalities(facts: Facts) -> Iterator[Notice]:
    if not facts.estate.municipalities:
        yield Notice(facts.estate.origin.at(), {}, facts.estate.name)


@check("E414")
def kbo_number_is_of_one_body(facts: Facts) -> Iterator[Finding]:
    seen: dict[str, tuple[str, Located]] = {}
    for number, name, owner, value in _bodies(facts):
        first, there = seen.setdefault(number, (owner, value))
        if first != owner:
            message = f"KBO number {number} of {name} is also that of {first}"
            hint = "look both up in the public search of the Crossroads Bank for Enterprises"
            yield Finding(value.origin.at("kbo"), message, hint, name, (there.origin.at("kbo"),))


def _bodies(facts: Facts) -> Iterator[tuple[str, str, str, Located]]:
    """Yield number, name, legal person and text of every body; an entity that is none shares its town's number."""
    operator = facts.estate.operator
    if operator.kbo:
        yield operator.kbo, "the operator", "the operator", operator
    for town in facts.estate.municipalities:
        if town.kbo:
            yield town.kbo, town.id, town.id, town
        for entity in town.entities:
            if entity.kbo:
                legal = entity_kinds()[entity.kind].legal_person
                yield entity.kbo, entity.path, entity.path if legal else town.id, entity


@check("W415", missing_from=("sites",))
def site_has_zones(facts: Facts) -> Iterator[Notice]:
    for site in facts.sites:
        if not site.zones:
            key = "without" if site.without else "zones"
            yield Notice(site.origin.at(key), {"site": site.path}, site.path)


@check("W416")
def as_number_is_private(facts: Facts) -> Iterator[Notice]:
    asn = facts.estate.pools.asn
    if not (64512 <= asn <= 65534 or 4_200_000_000 <= asn <= 4_294_967_294):
        yield Notice(facts.estate.pools.origin.at("asn"), {"asn": asn}, "pools")


@check("W418", missing_from=("municipalities",))
def region_is_complete(facts: Facts) -> Iterator[Notice]:
    region = regions().get(facts.estate.region or "")
    present = {town.nis for town in facts.estate.municipalities}
    missing = [nis for nis in region.nis if nis not in present] if region else []
    if region and missing and present & set(region.nis):
        names = ", ".join(found.name for nis in missing[:3] if (found := municipality(nis)))
        yield Notice(
            facts.estate.origin.at("region"),
            {"region": region.code, "names": f"{names}, ..." if len(missing) > 3 else names, "count": len(missing)},
            facts.estate.name,
        )


@check("E419")
def region_is_known(facts: Facts) -> Iterator[Finding]:
    region = facts.estate.region
    if region and region not in regions():
        message = f"there is no reference region {region}"
        hint = f"the codes are {min(regions())} to {max(regions())}"
        yield Finding(facts.estate.origin.at("region"), message, hint, facts.estate.name)


@check("W420", missing_from=("entities",))
def entity_has_a_kbo_number_where_a_flow_needs_it(facts: Facts) -> Iterator[Notice]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for flow in facts.estate.flows:
        if flow.entity and flow.registration and not flow.responsible:
            wanted[flow.entity].append(flow.id)
    for path, flows in wanted.items():
        entity = facts.entities.get(path)
        if entity and not entity.kbo:
            yield Notice(entity.origin.at(), {"entity": path, "flow": flows[0]}, path)


def _overlap(one: Prefix, other: Prefix) -> bool:
    return _meets(one.network, other.network)
