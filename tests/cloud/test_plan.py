"""The cloud plan: every limit set, every address planned, rules of least privilege, names made of ids."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_address, ip_network

import klein
import pytest

from virgem.modules.cloud.model import DataStack, TenantStack
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.policy import parse_port
from virgem.modules.cloud.quotas import NETWORK_LIMITS_IN_COMPUTE
from virgem.modules.problem import UserError
from virgem.network.model import SHARED

PLAN = klein.cloud()
KORTRIJK = next(stack for stack in PLAN.tenants if stack.nis == "34022")
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


def test_every_quota_of_the_provider_is_set() -> None:
    from pulumi_openstack import blockstorage, compute, dns, loadbalancer, networking

    quota = KORTRIJK_DATA.quota
    pairs = (
        (compute.QuotaSetV2Args, {*quota.compute, *NETWORK_LIMITS_IN_COMPUTE}),
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
    assert not {"0.0.0.0/0", "::/0"} & set(named)
    group = next(g for g in KORTRIJK.address_groups if g.id == "upstream-all-internet-ipv4")
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
    admitted = {rule.address_group for rule in database.rules if rule.direction == "ingress"}
    assert "tier-kortrijk-application-ipv4" in admitted
    assert not any("waregem" in name for name in admitted)


def test_data_are_reached_by_the_application_tier_only() -> None:
    sql = next(group for group in KORTRIJK.security_groups if group.id == "sql")
    assert {rule.address_group for rule in sql.rules if rule.direction == "ingress"} == {
        "tier-kortrijk-application-ipv4",
        "tier-kortrijk-application-ipv6",
    }


def test_a_registered_flow_opens_the_dmz_server_it_names() -> None:
    opened = [rule for group, rule in klein.open_rules(KORTRIJK) if group.id == "web"]
    assert {(rule.family, rule.ports, rule.direction) for rule in opened} == {
        ("IPv4", (443, 443), "ingress"),
        ("IPv6", (443, 443), "ingress"),
    }
    assert all("Website for everybody" in rule.description for rule in opened)


def test_whoever_may_reach_the_servers_may_reach_the_load_balancer() -> None:
    (front,) = KORTRIJK.balancers
    assert any(ip_address("203.0.113.9") in ip_network(prefix) for prefix in front.allowed)
    zones = [zone for router in klein.network().routers for zone in router.zones if zone.site == "kortrijk/stadhuis"]
    let = [z.zone.id for z in zones if any(ip_network(str(z.prefix4)).subnet_of(ip_network(p)) for p in front.allowed)]
    assert sorted(let) == ["administration", "counter"]
    assert {member.id for member in front.members} == {"web-1", "web-2", "web-3"}


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
