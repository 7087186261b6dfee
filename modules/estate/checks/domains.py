"""Names in DNS: every domain, name and host name has one owner, and an alias stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgem.modules.estate.base import Located
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.kinds import device_kinds
from virgem.modules.estate.model import DnsName, Estate, LoadBalancer, Municipality
from virgem.modules.estate.names import device_name, full_name, machine_domain, town_domain, within, zone_of
from virgem.modules.estate.values import did_you_mean


def _declared(estate: Estate) -> Iterator[tuple[Municipality, DnsName, str]]:
    """Yield every declared name with its municipality and the name in full."""
    for town in estate.municipalities:
        for name in town.cloud.dns if town.cloud else ():
            yield town, name, full_name(name.id, town_domain(town, estate.domain))


def _owners(estate: Estate) -> Mapping[str, str]:
    """Return who holds each domain of the region."""
    towns = {town_domain(town, estate.domain): f"{town.name}" for town in estate.municipalities}
    return {**towns, str(estate.domain): "the region", machine_domain(estate.domain): "the region's machines"}


def holder(name: str, owners: Mapping[str, str]) -> str:
    """Return the narrowest domain in which a name lies, or ""."""
    return max((domain for domain in owners if within(name, domain)), key=len, default="")


@check("E417")
def domain_has_one_owner(facts: Facts) -> Iterator[Finding]:
    region = str(facts.estate.domain)
    seen: dict[str, tuple[str, Located, str]] = {region: ("the region", facts.estate, "domain")}
    # Those without a domain of their own first, so that the written one is to blame.
    for town in sorted(facts.estate.municipalities, key=lambda town: (bool(town.domain), town.nis)):
        own = town_domain(town, region)
        other, first, key = seen.setdefault(own, (town.name, town, "domain"))
        if first is not town:
            message = f"{town.name} has the same DNS domain as {other}: {own}"
            related = (first.origin.at(key),)
            yield Finding(town.origin.at("domain"), message, "give each its own domain", town.id, related)


@check("W716")
def name_lies_in_the_domain(facts: Facts) -> Iterator[Notice]:
    owners = _owners(facts.estate)
    for town, name, full in _declared(facts.estate):
        if not holder(full, owners):
            own = town_domain(town, facts.estate.domain)
            near = f"{name.id.partition('.')[0]}.{own}"
            values = {"name": name.id, "domain": own, "town": town.name, "near": near}
            yield Notice(name.origin.at(), values, name.id)


@check("E719")
def name_is_declared_once(facts: Facts) -> Iterator[Finding]:
    seen: dict[str, tuple[Municipality, DnsName]] = {}
    zones: dict[str, tuple[Municipality, DnsName]] = {}
    owners = _owners(facts.estate)
    for town, name, full in _declared(facts.estate):
        own = town_domain(town, facts.estate.domain)
        if holder(full, owners) not in ("", own):
            continue
        other, first = seen.setdefault(full, (town, name))
        related = (first.origin.at(),)
        if first is not name:
            again = f"by {other.name}" if other is not town else f"as {first.id}"
            message = f"DNS name {full} of {town.name} is also declared {again}"
            yield Finding(name.origin.at(), message, "one of the two keeps it", name.id, related)
            continue
        zone = zone_of(name.id, own)
        other, first = zones.setdefault(zone, (town, name))
        if other is not town:
            message = f"DNS name {full} of {town.name} lies in zone {zone}, which {first.id} of {other.name} claims"
            yield Finding(name.origin.at(), message, "let one of the two declare the names of that zone", name.id)


@check("E733")
def name_lies_in_its_own_zone(facts: Facts) -> Iterator[Finding]:
    estate, owners = facts.estate, _owners(facts.estate)
    for town, name, full in _declared(estate):
        own = town_domain(town, estate.domain)
        if (domain := holder(full, owners)) not in ("", own):
            message = f"DNS name {full} of {town.name} lies in {domain}, the domain of {owners[domain]}"
            yield Finding(name.origin.at(), message, f"did you mean {full.partition('.')[0]}.{own}?", name.id)
    for service in estate.services:
        full = f"{service.id}.{estate.domain}"
        if (domain := holder(full, owners)) != estate.domain:
            message = f"shared service {service.id} would have the name {full}, the domain of {owners[domain]}"
            yield Finding(service.origin.at(), message, "give the service another name", service.id)
    machines = machine_domain(estate.domain)
    for town in estate.municipalities:
        if town.domain and within(town.domain, machines):
            message = (
                f"the domain of {town.name}, {town.domain}, lies in {machines}, the domain of the region's machines"
            )
            yield Finding(town.origin.at("domain"), message, "take a domain outside it", town.id)


@check("E734")
def alias_stands_alone(facts: Facts) -> Iterator[Finding]:
    for town, name, full in _declared(facts.estate):
        if name.alias and full == zone_of(name.id, town_domain(town, facts.estate.domain)):
            message = f"DNS name {full} is the top of its zone, so it can't be an alias"
            yield Finding(name.origin.at("alias"), message, "point it to a server or a load balancer", name.id)


@check("E718")
def alias_leads_somewhere_else(facts: Facts) -> Iterator[Finding]:
    aliases = {full: (town, name) for town, name, full in _declared(facts.estate) if name.alias}
    steps = {full: _target(facts.estate, town, name) for full, (town, name) in aliases.items()}
    for full, (_, name) in aliases.items():
        if _runs_round(full, steps):
            message = f"DNS name {name.id} is an alias that leads back to itself"
            yield Finding(name.origin.at("alias"), message, "let one of the names point to a server", name.id)


def _target(estate: Estate, town: Municipality, name: DnsName) -> str:
    return full_name(name.alias or "", town_domain(town, estate.domain))


def _runs_round(full: str, steps: Mapping[str, str]) -> bool:
    seen, step = set[str](), full
    while step in steps and step not in seen:
        seen.add(step)
        step = steps[step]
    return step == full


@check("E743", missing_from=("cloud", "services"))
def alias_leads_to_a_name(facts: Facts) -> Iterator[Finding]:
    estate, owners = facts.estate, _owners(facts.estate)
    known = {full for _, _, full in _declared(estate)} | {
        f"{service.id}.{estate.domain}" for service in estate.services
    }
    for town, name, full in _declared(estate):
        target = _target(estate, town, name) if name.alias else full
        # Tops of zones are left to whoever holds them, and machines have their names from the plan.
        if target in known or target in owners or holder(target, owners) in ("", machine_domain(estate.domain)):
            continue
        own = [str(other.id) for other in town.cloud.dns if other is not name] if town.cloud else []
        hint = did_you_mean(str(name.alias), own, f"declare {target} too")
        yield Finding(name.origin.at("alias"), f"no name {target} for {name.id} to be an alias of", hint, name.id)


@check("E316")
def host_name_is_of_one_machine(facts: Facts) -> Iterator[Finding]:
    seen = dict(_planned(facts.estate))
    for town, balancer in _balancers(facts.estate):
        path = f"{town.id}/{balancer.id}"
        first = seen.setdefault(path, f"load balancer {path}")
        if first != f"load balancer {path}":
            message = f"load balancer {path} has the host name of {first}: {balancer.id}"
            yield Finding(balancer.origin.at(), message, "give the load balancer another name", path)
    profiles, kinds = facts.estate.profile_by_id, device_kinds()
    for device in facts.estate.devices:
        site, profile = facts.estate.sites.get(device.site), profiles.get(device.profile)
        kind = kinds.get(profile.kind) if profile else None
        # A site router is planned: its row may bear the planned name.
        if site is None or kind is None or kind.site_router:
            continue
        name = device_name(device)
        other = seen.get(name) or seen.get(f"{site.municipality}/{name}")
        seen.setdefault(name, f"device {device.serial}")
        if other:
            message = f"device {device.serial} has the host name of {other}: {name}"
            yield Finding(device.origin.at("name"), message, "give the device another name", device.serial)


def _balancers(estate: Estate) -> Iterator[tuple[Municipality, LoadBalancer]]:
    return ((town, balancer) for town in estate.municipalities if town.cloud for balancer in town.cloud.load_balancers)


def _planned(estate: Estate) -> Iterator[tuple[str, str]]:
    """Yield the names that the plan gives: in the inventory, and of servers as `municipality/name`, as in DNS."""
    for town in estate.municipalities:
        for site in town.sites:
            yield f"rtr-{town.id}-{site.id}", f"the router of {site.path}"
        for server in town.cloud.servers if town.cloud else ():
            for number in range(1, server.count + 1):
                yield f"{town.id}-{server.id}-{number}", f"server {server.path}"
                yield f"{town.id}/{server.id}-{number}", f"server {server.path}"
    for service in estate.services:
        for number in range(1, service.servers + 1):
            yield f"shared-{service.id}-{number}", f"shared service {service.id}"
