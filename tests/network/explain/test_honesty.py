"""What is explained is what the routers and the cloud are told: every verdict against the rendered text, read back."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

import pytest
from netaddr import IPAddress
from rendered_way import Region
from support import ROOT

from virgem.modules import planning
from virgem.modules.cloud.guards import CloudGuards
from virgem.modules.cloud.model import LoadBalancer, SecurityRule, Server, TenantStack
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.estate.loader import load, read_folder
from virgem.modules.estate.model import Estate
from virgem.network.explain.ends import Ends
from virgem.network.explain.model import Asked, Direction, End, Family, Judged, Verdict
from virgem.network.explain.walk import Known, way
from virgem.network.lock import EMPTY
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.network.render import render_site

REGION = ROOT / "tests" / "network" / "render" / "region"
EXAMPLE = ROOT / "inventories" / "zuid-west-vlaanderen"
FAMILIES: tuple[Family, ...] = (4, 6)
# What nobody is there for, beside what somebody is.
PORTS = (("tcp", 22), ("tcp", 443), ("tcp", 8443), ("tcp", 9100), ("udp", 53), ("udp", 123), ("icmp", 0))


class Open:
    """Guards that let all pass: for what routers alone decide."""

    def judged(self, _direction: Direction, _near: End, _far: object, _asked: Asked, _family: Family) -> Judged:
        return Judged(passes=True, group="", says="")


@dataclass(frozen=True)
class Sample:
    """Ends of a region and what is asked between each two of them."""

    estate: Estate
    plan: NetworkPlan
    ends: list[End]

    def questions(self, seed: int) -> Iterator[Asked]:
        """Every ordered pair: with all that somebody may ask of the target, and with ports by chance."""
        chance = random.Random(seed)
        every = sorted({named(port) for rule in self.plan.rules for port in rule.ports})
        for target in self.ends:
            meant = self._meant(target)
            for source in self.ends:
                if (
                    source is not target
                    and not source.balancer
                    and not source.itself
                    and not (source.upstream and target.upstream)
                ):
                    for protocol, port in sorted({chance.choice(every), chance.choice(PORTS), *meant}):
                        yield Asked(source=source, target=target, protocol=protocol, port=port)

    def _meant(self, target: End) -> set[tuple[str, int]]:
        """What some rule lets somebody ask of a target, told by names."""
        name = target.host.server if target.host else target.upstream.id if target.upstream else "?"
        zone = target.zone
        rules = (r for r in self.plan.rules if r.target.name == name or (zone is not None and r.target.matches(zone)))
        return {named(port) for rule in rules for port in rule.ports}


def named(text: str) -> tuple[str, int]:
    """A port of a rule as a question: the first of a range."""
    protocol, _, span = text.partition("/")
    return protocol, int(span.partition("-")[0] or 0)


@pytest.fixture(scope="module")
def small() -> Sample:
    """Everything of two towns: all zones, servers, load balancers and networks above."""
    estate = load(read_folder(REGION)).estate
    assert estate is not None
    plan = plan_network(estate, EMPTY).plan
    assert plan is not None
    found = Ends(estate, plan)
    ends = [found.of_zone(zone) for router in plan.routers for zone in router.zones]
    ends += [found.find(str(host.address4)) for host in plan.cloud_addresses]
    ends += [found.find(f"{one.tenant}:{one.server}") for one in plan.balancers]
    ends += [found.of_network(network) for network in plan.cloud_networks]
    ends += [found.of_upstream(upstream) for upstream in plan.upstreams]
    ends += [found.find(router.name) for router in plan.routers if router.managed_in]
    return Sample(estate, plan, ends)


@pytest.fixture(scope="module")
def example() -> Sample:
    """Of the example region: a zone of every kind, wherever it stands, and all that is shared or in the cloud."""
    prepared = planning.ready(planning.prepare(EXAMPLE))
    plan, found, chance = prepared.plan, Ends(prepared.estate, prepared.plan), random.Random(34022)
    by_kind: dict[str, list[End]] = {}
    for router in plan.routers:
        for zone in router.zones:
            by_kind.setdefault(str(zone.zone.kind), []).append(found.of_zone(zone))
    ends = [chance.choice(ends) for _, ends in sorted(by_kind.items())]
    ends += [found.find(str(host.address4)) for host in chance.sample(plan.cloud_addresses, 6)]
    shared = ("dns-2", "ntp-1", "proxy-2", "files-1", "voice-1", "video-1", "print-1", "monitoring-1", "sources-1")
    ends += [found.find(f"shared:{name}") for name in shared]
    ends += [found.find(f"kortrijk:{name}") for name in ("gis-portaal", "gis-portaal-1", "loket-1", "beheer")]
    ends += [found.of_network(network) for network in chance.sample(plan.cloud_networks, 2)]
    ends += [found.of_upstream(upstream) for upstream in plan.upstreams]
    return Sample(prepared.estate, plan, ends)


def rendered(sample: Sample) -> Region:
    """The files of every router that an end of a sample is behind."""
    sites = {end.zone.site for end in sample.ends if end.zone} | set(sample.plan.datacentres.values())
    return Region({r.name: render_site(sample.plan, r) for r in sample.plan.routers if r.site.path in sites})


def reached(region: Region, asked: Asked, family: Family) -> bool:
    """Whether the rendered files let a flow pass; towards and from networks above also by a floating address."""
    ends = [_addresses(end, family, other.upstream is not None) for end, other in _both(asked)]
    return any(
        region.passes(ip_address(str(one)), ip_address(str(other)), asked.protocol, asked.port)
        for one in ends[0]
        for other in ends[1]
    )


def _both(asked: Asked) -> tuple[tuple[End, End], tuple[End, End]]:
    return (asked.source, asked.target), (asked.target, asked.source)


def _addresses(end: End, family: Family, outside: bool) -> list[IPAddress]:
    own = [address for address in [end.address(family)] if address is not None]
    return own + ([end.host.floating] if outside and family == 4 and end.host and end.host.floating else [])


def disagreements(sample: Sample, region: Region, seed: int, one_of: int = 1) -> tuple[list[str], int, int]:
    """Where explanation and rendered files differ, of one question in so many; how many pass, how many do not."""
    known = Known(estate=sample.estate, plan=sample.plan, guards=Open())
    wrong, passing, stopped = [], 0, 0
    for number, asked in enumerate(sample.questions(seed)):
        for family in FAMILIES if number % one_of == 0 else ():
            told, real = way(known, asked, family).verdict is Verdict.PASSES, reached(region, asked, family)
            passing, stopped = passing + real, stopped + (not real)
            if told is not real:
                wrong.append(f"IPv{family} {asked.source.name} > {asked.target.name} {asked.transport}: {real}")
    return wrong, passing, stopped


def test_every_pair_of_two_towns_is_explained_as_its_rendered_files_decide(small: Sample) -> None:
    wrong, passing, stopped = disagreements(small, rendered(small), seed=1, one_of=7)
    assert wrong == []
    assert passing > 100
    assert stopped > 1000


def test_a_sample_of_the_example_region_is_explained_as_its_rendered_files_decide(example: Sample) -> None:
    wrong, passing, stopped = disagreements(example, rendered(example), seed=2, one_of=4)
    assert wrong == []
    assert passing > 100
    assert stopped > 500


def test_a_rule_that_is_gone_from_a_rendered_file_is_told_from_the_explanation(small: Sample) -> None:
    trees = {r.name: dict(render_site(small.plan, r)) for r in small.plan.routers}
    text = trees["rtr-kortrijk-bib"]["nftables.conf"]
    lines = [line for line in text.splitlines() if 'comment "zone-library-staff-proxy"' not in line]
    trees["rtr-kortrijk-bib"]["nftables.conf"] = "\n".join(lines)
    near = [end for end in small.ends if end.host or (end.zone and end.zone.site == "kortrijk/bib")]
    wrong, _, _ = disagreements(replace(small, ends=near), Region(trees), seed=1)
    assert {line.split()[1] for line in wrong} == {"kortrijk/bib:library-staff"}


# The cloud: its plan's security groups and listeners, read by themselves.


def guarded(stacks: Mapping[str, TenantStack], asked: Asked, family: Family) -> bool:
    """Whether both ends that stand in the cloud let a flow pass."""
    found = []
    if asked.source.host is not None:
        found.append(_admits(stacks, asked.source, asked.target, asked, family, "egress"))
    if asked.target.host is not None:
        found.append(_admits(stacks, asked.target, asked.source, asked, family, "ingress"))
    return all(found)


def _admits(
    stacks: Mapping[str, TenantStack], near: End, far: End, asked: Asked, family: Family, direction: Direction
) -> bool:
    assert near.host is not None
    stack, address = stacks[near.host.tenant], ip_address(str(far.address(family)))
    if near.balancer:
        listener = next(b for b in stack.balancers if b.id == f"{near.host.server}-ipv{family}")
        return _listens(listener, asked) and any(address in ip_network(prefix) for prefix in listener.allowed)
    server = next(server for server in stack.servers if server.name == near.host.name)
    groups = [group for group in stack.security_groups if group.id in server.security_groups]
    rules = [rule for group in groups for rule in group.rules if rule.direction == direction]
    return any(_about(rule, asked, family) and _far(stack, rule, far, str(address)) for rule in rules)


def _listens(listener: LoadBalancer, asked: Asked) -> bool:
    return (asked.protocol, asked.port) == ("tcp", listener.port)


def _about(rule: SecurityRule, asked: Asked, family: Family) -> bool:
    icmp = {4: "icmp", 6: "ipv6-icmp"}[family]
    wanted = icmp if asked.protocol == "icmp" else asked.protocol
    fits = rule.family == f"IPv{family}" and rule.protocol in ("", wanted)
    return fits and (rule.ports is None or rule.ports[0] <= asked.port <= rule.ports[1])


def _far(stack: TenantStack, rule: SecurityRule, far: End, address: str) -> bool:
    if rule.remote_group:
        own: list[Server] = [s for s in stack.servers if far.host and s.name == far.host.name and not far.balancer]
        return bool(
            far.host and far.host.tenant == stack.tenant and own and rule.remote_group in own[0].security_groups
        )
    groups = {group.id: group.prefixes for group in stack.address_groups}
    prefixes = (rule.prefix,) if rule.prefix else groups.get(rule.address_group, ())
    return any(ip_address(address) in ip_network(prefix) for prefix in prefixes)


def test_what_guards_servers_is_explained_as_the_plan_of_the_cloud_says(small: Sample) -> None:
    stacks = {stack.tenant: stack for stack in cloud_plan(small.estate, small.plan).tenants}
    open_, real = (Known(estate=small.estate, plan=small.plan, guards=g) for g in (Open(), _guards(small)))
    wrong, stopped = [], 0
    hosts = [end for end in small.ends if end.host is not None]
    for asked in replace(small, ends=hosts + small.ends[:12]).questions(seed=3):
        for family in FAMILIES:
            expected = way(open_, asked, family).verdict is Verdict.PASSES and guarded(stacks, asked, family)
            stopped += not expected
            if (way(real, asked, family).verdict is Verdict.PASSES) is not expected:
                wrong.append(f"IPv{family} {asked.source.name} > {asked.target.name} {asked.transport}: {expected}")
    assert wrong == []
    assert stopped > 100


def _guards(sample: Sample) -> CloudGuards:
    return CloudGuards(sample.estate, sample.plan)
