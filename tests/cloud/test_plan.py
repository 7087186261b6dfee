"""The cloud plan: every limit set, every address planned, rules of least privilege, names made of ids."""

from __future__ import annotations

import dataclasses
from collections import Counter
from ipaddress import ip_address, ip_network

import klein
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netaddr import IPAddress, IPNetwork, cidr_merge

from virgem.modules.cloud.model import DataStack, Family, TenantStack
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.policy import FAMILIES, _joined, _purpose, parse_port
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.problem import UserError
from virgem.network.model import SHARED

PLAN = klein.cloud()
KORTRIJK = next(stack for stack in PLAN.tenants if stack.nis == "34022")
# What compute still takes for networks; the network service has those limits.
OF_NETWORKS = {"fixed_ips", "floating_ips", "security_groups", "security_group_rules"}
KORTRIJK_DATA = next(stack for stack in PLAN.data if stack.nis == "34022")
SERVICES = next(stack for stack in PLAN.tenants if stack.nis == SHARED)


def test_the_platform_comes_first_and_every_tenant_has_a_lasting_and_an_application_stack() -> None:
    assert PLAN.stacks == (
        "shared",
        "data-shared",
        "data-34022",
        "data-34040",
        "tenant-shared",
        "tenant-34022",
        "tenant-34040",
    )


def test_a_zone_is_made_of_the_hosts_that_compute_where_the_estate_says_so() -> None:
    (west,) = PLAN.platform.aggregates
    assert (west.zone, west.hosts) == ("west", ("west-compute-1", "west-compute-2"))
    assert west.metadata["owner"] == "ict-manager"
    for other in ("aggregate: false", "aggregate: true"):
        text = klein.OPERATOR.replace("aggregate: true", other)
        text = text if other.endswith("false") else text.replace("roles: compute", "roles: storage")
        assert klein.cloud(operator=text).platform.aggregates == ()


def test_every_quota_of_the_provider_is_set() -> None:
    from pulumi_openstack import blockstorage, compute, dns, loadbalancer, networking

    quota = KORTRIJK_DATA.quota
    pairs = (
        (compute.QuotaSetV2Args, {*quota.compute, *OF_NETWORKS}),
        (networking.QuotaV2Args, set(quota.network)),
        (blockstorage.QuoteSetV3Args, {*quota.storage, "volume_type_quota"}),
        (loadbalancer.QuotaArgs, set(quota.balancing)),
        (dns.QuotaV2Args, set(quota.dns)),
    )
    for arguments, limits in pairs:
        known = {name for name, value in vars(arguments).items() if isinstance(value, property)}
        assert known - {"project_id", "region"} == limits, arguments


def test_a_tenant_can_share_no_network_with_another() -> None:
    assert {stack.quota.network["rbac_policy"] for stack in PLAN.data} == {0}


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_no_rule_is_open_to_the_world_but_in_a_dmz(stack: TenantStack) -> None:
    assert [(group, rule.id) for group, rule in klein.open_rules(stack) if not group.exposed] == []


def test_no_rule_names_everything_and_the_internet_is_without_what_is_private() -> None:
    named = [p for stack in PLAN.tenants for group in stack.address_groups for p in group.prefixes]
    named += [rule.prefix for s in PLAN.tenants for g in s.security_groups for rule in g.rules]
    named += [prefix for s in PLAN.tenants for balancer in s.balancers for prefix in balancer.allowed]
    assert not {"0.0.0.0/0", "::/0"} & set(named)
    to_servers = klein.cloud(operator=klein.OPERATOR.replace("kortrijk:front", "kortrijk:web")).tenants[1]
    group = next(g for g in to_servers.address_groups if g.id == "upstream-all-internet-ipv4")
    prefixes = [ip_network(prefix) for prefix in group.prefixes]
    for inside in ("10.0.0.1", "10.200.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.5"):
        assert not any(ip_address(inside) in prefix for prefix in prefixes), inside


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_every_rule_names_exactly_one_far_side(stack: TenantStack) -> None:
    for group in stack.security_groups:
        for rule in group.rules:
            assert sum(map(bool, (rule.prefix, rule.address_group, rule.remote_group))) == 1, rule


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_no_two_rules_of_a_group_say_the_same(stack: TenantStack) -> None:
    for group in stack.security_groups:
        said = [dataclasses.replace(rule, id="", description="") for rule in group.rules]
        assert len(said) == len(set(said))
        assert len(group.rules) == len({rule.id for rule in group.rules})


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_every_server_has_planned_addresses_of_both_families_within_its_subnets(stack: TenantStack) -> None:
    for server in stack.servers:
        network = stack.network[server.address.network]
        for address, family in ((server.address.address4, "IPv4"), (server.address.address6, "IPv6")):
            subnet = network.subnet(family)  # type: ignore[arg-type]
            assert ip_address(address) in ip_network(subnet.prefix)
            assert not ip_address(subnet.first) <= ip_address(address) <= ip_address(subnet.last)


def test_no_two_servers_have_one_address() -> None:
    given = [s.address.address4 for stack in PLAN.tenants for s in stack.servers]
    assert len(given) == len(set(given))


def test_servers_alike_are_kept_apart_and_a_single_one_is_not_grouped() -> None:
    assert {group.id: group.policy for group in KORTRIJK.server_groups} == {
        "app": "anti-affinity",
        "web": "anti-affinity",
    }


def test_rules_of_one_tenant_name_no_prefix_of_another_but_of_the_shared_services() -> None:
    waregem = next(stack for stack in PLAN.tenants if stack.nis == "34040")
    foreign = [ip_network(subnet.prefix) for network in waregem.networks for subnet in network.subnets]
    named = [p for group in KORTRIJK.address_groups for p in group.prefixes]
    named += [rule.prefix for group in KORTRIJK.security_groups for rule in group.rules]
    for prefix in filter(None, named):
        assert not any(
            other.version == ip_network(prefix).version and other.overlaps(ip_network(prefix)) for other in foreign
        )


def test_a_service_admits_a_tenant_that_uses_it_and_not_one_that_does_not() -> None:
    database = next(group for group in SERVICES.security_groups if group.id == "database")
    (rule,) = [rule for rule in database.rules if (rule.direction, rule.family) == ("ingress", "IPv4")]
    admitted = next(group.prefixes for group in SERVICES.address_groups if group.id == rule.address_group)
    assert _among(_servers("kortrijk", Tier.APPLICATION), admitted) == [True, True]
    assert _among(_servers("kortrijk", Tier.DMZ), admitted) == [False, False, False]
    assert _among(_servers("waregem", Tier.APPLICATION), admitted) == [False]


def _servers(tenant: str, tier: Tier) -> list[str]:
    """Addresses of the servers of a tenant in a tier."""
    plan = klein.network()
    standing = {net.key for net in plan.cloud_networks if (net.tenant, net.tier) == (tenant, tier)}
    servers = [a for a in plan.cloud_addresses if a.network in standing and a.key.startswith("host:")]
    return [str(address.address4) for address in servers]


def _among(addresses: list[str], prefixes: tuple[str, ...]) -> list[bool]:
    return [any(ip_address(address) in ip_network(prefix) for prefix in prefixes) for address in addresses]


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_what_no_flow_of_the_estate_asks_for_has_one_rule_for_a_port(stack: TenantStack) -> None:
    inside = [
        (group.id, rule.direction, rule.family, rule.protocol, rule.ports)
        for group in stack.security_groups
        for rule in group.rules
        if not rule.address_group.startswith("upstream-")
    ]
    assert [key for key, count in Counter(inside).items() if count > 1] == []


def test_a_flow_of_the_estate_keeps_a_rule_of_its_own_beside_the_others_for_the_port() -> None:
    plan = klein.cloud(operator=klein.OPERATOR.replace("kortrijk:front", "kortrijk:web"))
    web = next(group for group in plan.tenants[1].security_groups if group.id == "web")
    rules = [r for r in web.rules if (r.direction, r.family, r.ports) == ("ingress", "IPv4", (8443, 8443))]
    assert sorted(rule.address_group for rule in rules) == ["upstream-all-internet-ipv4", "web-ingress-tcp-8443-ipv4"]


@pytest.mark.parametrize(("count", "ends"), [(1, "f-0: Purpose"), (3, "f-0, f-1, f-2"), (99, ", 99 in all")])
def test_a_rule_names_as_many_of_its_flows_as_its_description_holds(count: int, ends: str) -> None:
    flow = klein.network().rules[0]
    said = _purpose([dataclasses.replace(flow, id=f"f-{n}", purpose="Purpose") for n in range(count)])
    assert said.endswith(ends)
    assert said.startswith("f-0")
    assert len(said) <= 255
    assert {name.partition("-")[0] for name in said.removesuffix(ends).split(", ")} <= {"f", ""}


def test_data_are_reached_by_the_application_tier_only() -> None:
    sql = next(group for group in KORTRIJK.security_groups if group.id == "sql")
    assert {rule.address_group for rule in sql.rules if rule.direction == "ingress"} == {
        "tier-kortrijk-application-ipv4",
        "tier-kortrijk-application-ipv6",
    }


def test_a_registered_flow_opens_the_dmz_server_it_names() -> None:
    plan = klein.cloud(operator=klein.OPERATOR.replace("kortrijk:front", "kortrijk:web"))
    opened = [rule for group, rule in klein.open_rules(plan.tenants[1]) if group.id == "web"]
    assert {(rule.family, rule.ports, rule.direction) for rule in opened} == {
        ("IPv4", (8443, 8443), "ingress"),
        ("IPv6", (8443, 8443), "ingress"),
    }
    assert all("Website for everybody" in rule.description for rule in opened)


def test_a_load_balancer_is_two_at_its_planned_addresses_one_for_each_family() -> None:
    (planned,) = klein.network().balancers
    assert [(b.id, b.family, b.address) for b in KORTRIJK.balancers] == [
        ("front-ipv4", "IPv4", str(planned.address4)),
        ("front-ipv6", "IPv6", str(planned.address6)),
    ]
    for front in KORTRIJK.balancers:
        subnet = KORTRIJK.network[front.network].subnet(front.family)
        assert ip_address(front.address) in ip_network(subnet.prefix)
        assert not ip_address(subnet.first) <= ip_address(front.address) <= ip_address(subnet.last)
        assert {member.id for member in front.members} == {"web-1", "web-2", "web-3"}
        assert {ip_address(member.address).version for member in front.members} == {ip_address(front.address).version}


def test_a_listener_takes_whom_a_flow_lets_reach_the_load_balancer_and_nobody_else() -> None:
    somebody = {"IPv4": ip_address("203.0.113.9"), "IPv6": ip_address("2001:db8::9")}
    for front in KORTRIJK.balancers:
        admitted = [ip_network(prefix) for prefix in front.allowed]
        assert {prefix.version for prefix in admitted} == {ip_address(front.address).version}
        assert any(somebody[front.family] in prefix for prefix in admitted)
    to_servers = klein.cloud(operator=klein.OPERATOR.replace("kortrijk:front", "kortrijk:web"))
    for front in to_servers.tenants[1].balancers:
        assert front.allowed
        assert not any(somebody[front.family] in ip_network(prefix) for prefix in front.allowed)


def test_servers_behind_a_load_balancer_take_what_it_speaks_from() -> None:
    web = next(group for group in KORTRIJK.security_groups if group.id == "web")
    relays = {r.address_group for r in web.rules if r.direction == "ingress" and r.ports == (8443, 8443)}
    named = {group.id: group.prefixes for group in KORTRIJK.address_groups if group.id in relays}
    (subnet,) = {KORTRIJK.network[b.network].subnet("IPv4") for b in KORTRIJK.balancers}
    assert _among([subnet.first, subnet.last], named["web-ingress-tcp-8443-ipv4"]) == [True, True]


def test_the_name_of_a_load_balancer_has_both_of_its_addresses() -> None:
    (planned,) = klein.network().balancers
    found = {r.type: r.values for r in KORTRIJK.records if r.name == "www.kortrijk.virgem.example"}
    assert found == {"A": (str(planned.address4),), "AAAA": (str(planned.address6),)}


def test_staff_use_a_load_balancer_from_their_desks_and_not_from_a_telephone() -> None:
    front = next(balancer for balancer in KORTRIJK.balancers if balancer.family == "IPv4")
    zones = [zone for router in klein.network().routers for zone in router.zones if zone.site == "kortrijk/stadhuis"]
    let = [z.zone.id for z in zones if any(ip_network(str(z.prefix4)).subnet_of(ip_network(p)) for p in front.allowed)]
    assert sorted(let) == ["administration", "counter"]


def test_volumes_lie_where_their_server_stands() -> None:
    (volume,) = KORTRIJK_DATA.volumes
    (server,) = [server for server in KORTRIJK.servers if server.service == "sql"]
    assert (volume.zone, server.volumes) == (server.zone, ("sql-data",))
    assert (volume.encrypted, volume.metadata["class"], volume.metadata["backup"]) == (True, "4", "other-datacentre")


def test_names_outside_the_tenants_domain_get_a_zone_of_their_own() -> None:
    assert [zone.name for zone in KORTRIJK_DATA.zones] == ["kortrijk.example", "kortrijk.virgem.example"]


def test_the_zone_of_machines_is_delegated_to_the_shared_name_servers_with_glue() -> None:
    records = {(record.name, record.type): record.values for record in SERVICES.records}
    servers = klein.network().name_servers
    assert len(servers) == 2
    assert records["net.virgem.example", "NS"] == tuple(sorted(f"{name}." for name in servers))
    for name, host in servers.items():
        assert records[name, "A"] == (str(host.address4),)
        assert records[name, "AAAA"] == (str(host.address6),)
    assert {record.zone for record in SERVICES.records} == {"virgem.example"}
    assert not [r for stack in PLAN.tenants if stack.nis != SHARED for r in stack.records if "net." in r.name]


def test_no_alias_has_another_record_beside_it() -> None:
    for stack in PLAN.tenants:
        kinds: dict[str, set[str]] = {}
        for record in stack.records:
            kinds.setdefault(record.name, set()).add(record.type)
        assert not [name for name, types in kinds.items() if "CNAME" in types and len(types) > 1]


def test_everything_that_bears_tags_says_whose_it_is() -> None:
    for stack in PLAN.tenants:
        for tagged in (*stack.networks, *stack.routers, *stack.security_groups, *stack.servers, *stack.balancers):
            assert {tag.partition("=")[0] for tag in tagged.tags} == {"class", "cost", "estate", "nis", "owner"}
            # The services refuse "/" and "," in a tag.
            assert not any(set("/,") & set(tag) for tag in tagged.tags)


def test_every_project_has_an_auditor_that_only_reads() -> None:
    for stack in PLAN.data:
        assert {group.id: group.roles for group in stack.groups}["auditor"] == ("reader",)


def test_the_order_of_lists_in_the_estate_changes_nothing() -> None:
    estate = klein.estate()
    turned = dataclasses.replace(
        estate,
        municipalities=tuple(reversed(estate.municipalities)),
        services=tuple(reversed(estate.services)),
        flows=tuple(reversed(estate.flows)),
    )
    plan = klein.network()
    network = dataclasses.replace(
        plan,
        rules=tuple(reversed(plan.rules)),
        cloud_networks=tuple(reversed(plan.cloud_networks)),
        cloud_addresses=tuple(reversed(plan.cloud_addresses)),
        balancers=tuple(reversed(plan.balancers)),
        routers=tuple(reversed(plan.routers)),
        services=tuple(reversed(plan.services)),
    )
    assert cloud_plan(turned, network) == PLAN


def test_an_unknown_quota_class_is_a_clear_error() -> None:
    estate = dataclasses.replace(klein.estate(), quotas=())
    with pytest.raises(UserError, match="no quota class"):
        cloud_plan(estate, klein.network())


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("tcp/443", "IPv4", ("tcp", (443, 443))),
        ("udp/10000-20000", "IPv6", ("udp", (10000, 20000))),
        ("tcp", "IPv4", ("tcp", None)),
        ("icmp", "IPv4", ("icmp", None)),
        ("icmp", "IPv6", ("ipv6-icmp", None)),
        ("any", "IPv4", ("", None)),
    ],
)
def test_ports_of_flows_become_protocol_and_range(text: str, family: str, expected: tuple[str, object]) -> None:
    assert parse_port(text, family) == expected  # type: ignore[arg-type]


def test_a_data_stack_is_what_lasts() -> None:
    assert all(isinstance(PLAN.stack(stack.name), DataStack) for stack in PLAN.data)


@given(st.lists(st.tuples(st.integers(0, 2**10 - 1), st.integers(0, 10)), max_size=30), st.sampled_from(FAMILIES))
def test_prefixes_are_joined_as_netaddr_does(parts: list[tuple[int, int]], family: Family) -> None:
    version, width = (4, 32) if family == "IPv4" else (6, 128)
    base = int(IPAddress("10.0.0.0" if version == 4 else "fd34:22::"))
    prefixes = [IPNetwork((base + (n >> order << order), width - order), version=version) for n, order in parts]
    assert _joined(prefixes, family) == tuple(map(str, cidr_merge(prefixes)))
