"""What stands in the racks of a datacentre: room, power and a way in when the system is down."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from netaddr import IPAddress

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.machines import Machine, held_by, machines
from virgem.modules.estate.model import Datacentre, Host, Rack, RackSwitch
from virgem.modules.estate.power import loads, sides

_HELD = {"cores": "cores", "ram_gb": "GiB RAM", "storage_gb": "GiB (volumes)"}


def _racks(facts: Facts) -> Iterator[tuple[Datacentre, Rack, list[Machine]]]:
    """Yield every rack with what stands in it, the lowest first."""
    for centre in facts.estate.datacentres:
        found = machines(centre)
        for rack in centre.racks:
            inside = (machine for machine in found if machine.rack is rack)
            yield centre, rack, sorted(inside, key=lambda machine: (machine.position, machine.name))


def _path(centre: Datacentre, part: Rack | Host | RackSwitch) -> str:
    return f"{centre.id}/{part.id}"


def _addresses(machine: Machine) -> Iterator[tuple[str, IPAddress]]:
    """Yield the addresses of a machine, each with the key that it stands under."""
    found = (("bmc", machine.bmc), ("address", machine.address))
    yield from ((key, address) for key, address in found if address is not None)


@check("E744")
def units_hold_one_thing(facts: Facts) -> Iterator[Finding]:
    for centre, rack, inside in _racks(facts):
        told: set[tuple[str, str]] = set()
        highest: Machine | None = None
        for machine in inside:
            if highest and machine.position <= highest.top and (highest.of.id, machine.of.id) not in told:
                told.add((highest.of.id, machine.of.id))
                message = (
                    f"{machine.path} takes unit {machine.position} of rack {rack.id}, where {highest.name} takes "
                    f"{highest.position} to {highest.top}"
                )
                hint = f"the first unit above it is {highest.top + 1}"
                place, related = machine.of.origin.at("position"), (highest.of.origin.at("position"),)
                yield Finding(place, message, hint, _path(centre, machine.of), related)
            highest = machine if highest is None or machine.top > highest.top else highest


@check("E745")
def racks_are_high_enough(facts: Facts) -> Iterator[Finding]:
    for centre, rack, inside in _racks(facts):
        beyond = {machine.of.id: machine for machine in inside if machine.top > rack.height}
        for machine in beyond.values():
            message = f"{machine.path} reaches unit {machine.top} of rack {rack.id}, which has {rack.height}"
            place, related = machine.of.origin.at("position"), (rack.origin.at("height"),)
            hint = "place it lower, deal its like over more racks, or correct the rack's `height`"
            yield Finding(place, message, hint, _path(centre, machine.of), related)


@check("E746")
def interfaces_of_the_cloud_have_one_address(facts: Facts) -> Iterator[Finding]:
    named = [centre for centre in facts.estate.datacentres if centre.vip]
    for centre in named[1:]:
        message = f"datacentre {centre.id} names a second address of the cloud beside that of {named[0].id}"
        yield Finding(centre.origin.at("vip"), message, "keep one of the two", centre.id, (named[0].origin.at("vip"),))


@check("E747")
def feeds_carry_their_rack(facts: Facts) -> Iterator[Finding]:
    for centre, rack, inside in _racks(facts):
        carried = loads(rack, inside)
        for feed in rack.feeds:
            if carried[feed.id] > feed.watts:
                message = (
                    f"feed {feed.id} of rack {rack.id} in {centre.id} would carry {ceil(carried[feed.id])} W; "
                    f"it may carry {feed.watts}"
                )
                hint = "hang less on it, deal hosts over more racks, or write what the feed really carries"
                yield Finding(feed.origin.at("watts"), message, hint, f"{_path(centre, rack)}/{feed.id}")


@check("W748")
def feeds_carry_their_rack_alone(facts: Facts) -> Iterator[Notice]:
    for centre, rack, inside in _racks(facts):
        whole = loads(rack, inside)
        for lost in sides(rack):
            carried = loads(rack, inside, lost)
            for feed in rack.feeds:
                watts = carried.get(feed.id, 0)
                # More than it may with all feeds there is an error of its own.
                if watts > feed.watts >= whole[feed.id]:
                    values = {
                        "feed": feed.id,
                        "rack": f"{centre.id}/{rack.id}",
                        "carried": ceil(watts),
                        "watts": feed.watts,
                        "lost": lost,
                    }
                    yield Notice(feed.origin.at("watts"), values, f"{_path(centre, rack)}/{feed.id}")


@check("W749", missing_from=("datacentres",))
def power_comes_from_two_sides(facts: Facts) -> Iterator[Notice]:
    for centre in facts.estate.datacentres:
        told: set[str] = set()
        for machine in machines(centre):
            own = {feed.of_side for feed in machine.feeds}
            if len(own) < 2 and machine.of.id not in told:
                told.add(machine.of.id)
                place = machine.of.origin.at("feeds" if "feeds" in machine.of.origin.keys else "")
                values = {"machine": machine.path, "rack": machine.rack.id, "sides": ", ".join(own) or "-"}
                yield Notice(place, values, _path(centre, machine.of))


@check("W783", missing_from=("datacentres",))
def hosts_have_a_way_in(facts: Facts) -> Iterator[Notice]:
    for centre in facts.estate.datacentres:
        groups: tuple[Host | RackSwitch, ...] = (*centre.hosts, *centre.switches)
        for group in groups:
            if group.count and "bmc" not in group.origin.keys:
                path = _path(centre, group)
                yield Notice(group.origin.at(), {"machine": path}, path)


@check("E784")
def addresses_are_of_one_machine(facts: Facts) -> Iterator[Finding]:
    seen: dict[object, tuple[Machine, str]] = {}
    told: set[tuple[str, str]] = set()
    for centre in facts.estate.datacentres:
        for machine in machines(centre):
            for key, address in _addresses(machine):
                first, other = seen.setdefault(address, (machine, key))
                pair = (_path(centre, machine.of), first.of.id)
                if (first, other) != (machine, key) and pair not in told:
                    told.add(pair)
                    message = f"{address} is the {key} of {machine.path} and the {other} of {first.path}"
                    hint = "several alike take the addresses after the one that is written: leave room for them"
                    related = (first.of.origin.at(other),)
                    yield Finding(machine.of.origin.at(key), message, hint, pair[0], related)


@check("W785")
def addresses_are_not_given_out(facts: Facts) -> Iterator[Notice]:
    pools = facts.estate.pools
    given, kept = [*pools.ipv4, *pools.ipv6], [prefix.network for prefix in pools.reserved]
    for centre in facts.estate.datacentres:
        told: set[tuple[str, str]] = set()
        for machine in machines(centre):
            for key, address in _addresses(machine):
                pool = next((str(p) for p in given if address in p.network), "")
                if pool and not any(address in network for network in kept) and (machine.of.id, key) not in told:
                    told.add((machine.of.id, key))
                    values = {"machine": machine.path, "address": address, "pool": pool}
                    yield Notice(machine.of.origin.at(key), values, _path(centre, machine.of))


@check("E786")
def datacentre_is_as_large_as_its_hosts(facts: Facts) -> Iterator[Finding]:
    for centre in facts.estate.datacentres:
        for name, held in held_by(centre.hosts, centre.copies, centre.fill).items():
            written = getattr(centre, name)
            if name in centre.origin.keys and written > held:
                message = f"datacentre {centre.id} promises {written} {_HELD[name]}; its hosts hold {held}"
                hint = "leave the key out, and it follows from the hosts"
                related = tuple(host.origin.at() for host in centre.hosts[:1])
                yield Finding(centre.origin.at(name), message, hint, centre.id, related)


@check("E750")
def hosts_have_cores_for_their_threads(facts: Facts) -> Iterator[Finding]:
    for centre in facts.estate.datacentres:
        for host in centre.hosts:
            if wrong := _impossible(host):
                yield Finding(host.origin.at(wrong[0]), *wrong[1:], _path(centre, host))


def _impossible(host: Host) -> tuple[str, str, str] | None:
    """Return the key, the message and the hint of what a host cannot be; None when it can."""
    if host.threads is not None and host.threads < host.cores:
        message = f"host {host.id} has {host.threads} threads and {host.cores} cores: each core is one thread or more"
        return "threads", message, "write the threads of the whole host"
    if host.reserved_ram_gb > host.ram_gb:
        message = f"host {host.id} reserves {host.reserved_ram_gb} GiB of its {host.ram_gb}"
        return "reserved-ram-gb", message, "reserve less"
    return None
