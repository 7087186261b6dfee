"""Every policy lets the region pass, and catches plans in which what it is about went wrong."""

from __future__ import annotations

import importlib
import inspect
import time
from dataclasses import replace
from typing import Any

import pytest
from netaddr import IPNetwork
from region import KORTRIJK, OPERATOR, among, changed, found, messages, mutant, planned, unknown, value, without

from virgem.modules.estate.checks.governance import controls
from virgem.modules.governance import planned as kinds
from virgem.modules.governance.planned import Planned, stack_of
from virgem.modules.governance.policies import names_tags, policies
from virgem.modules.problem import Severity

PLAN = planned()
POLICIES = sorted(policies())
WEB_RULE = "web:ingress-tcp-8443-IPv4"


@pytest.mark.parametrize("policy", POLICIES)
def test_the_region_keeps_every_policy(policy: str) -> None:
    assert messages(found(policy, PLAN)) == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_has_words_in_two_languages_and_controls_that_exist(policy: str) -> None:
    rule = policies()[policy].rule
    assert rule.title
    assert rule.nl
    assert rule.nl != rule.title
    assert rule.explanation
    assert rule.wayout
    cyfun = [control for control in rule.controls if control[:2] in ("GV", "ID", "PR", "DE", "RS", "RC")]
    assert cyfun
    assert set(cyfun) <= controls()


def rule_of(plan: Planned, name: str, stack: str = "tenant-34022") -> str:
    return among(plan, kinds.RULE, name, stack).urn


# ---- open ingress


def remote(prefix: str | None) -> dict[str, Any]:
    return {"remoteIpPrefix": prefix, "remoteAddressGroupId": None, "remoteGroupId": None}


APP = rule_of(PLAN, "app:ingress-tcp-8443-IPv4")
APP6 = rule_of(PLAN, "app:ingress-tcp-8443-IPv6")
WORLD = ["0.0.0.0/0", "0.0.0.0/1", "8.8.8.8/32", "203.0.113.0/24", "192.0.0.0/8"]
WORLD6 = ["::/0", "2000::/3", "2001:db8::/32"]


@pytest.mark.parametrize("prefix", [*WORLD, *WORLD6, None])
def test_a_rule_of_servers_outside_a_dmz_admits_no_public_address(prefix: str | None) -> None:
    (one,) = found("open-ingress", mutant(PLAN, APP6 if prefix in WORLD6 else APP, **remote(prefix)))
    assert "app-1" in one.says.en
    assert (one.target, one.mark.file) == ("kortrijk/app", "municipalities/kortrijk.yaml")


@pytest.mark.parametrize("prefix", ["10.0.0.0/8", "192.168.0.0/16", "192.0.2.128/25", "10.1.2.3/32"])
def test_private_addresses_and_those_of_an_upstream_by_contract_are_not_the_world(prefix: str) -> None:
    assert found("open-ingress", mutant(PLAN, APP, **remote(prefix))) == ()
    for six in ("2001:db8:42::/48", "fd00:1::/48", "fe80::/64"):
        assert found("open-ingress", mutant(PLAN, APP6, **remote(six))) == ()


def test_prefixes_of_a_public_upstream_are_the_world() -> None:
    public = tuple(
        replace(up, prefixes4=(IPNetwork("198.18.0.0/15"),)) if up.public else up for up in PLAN.network.upstreams
    )
    plan = replace(PLAN, network=replace(PLAN.network, upstreams=public))
    assert found("open-ingress", mutant(plan, APP, **remote("198.18.0.0/16")))


def test_an_upstreams_prefix_and_more_is_the_world() -> None:
    assert found("open-ingress", mutant(PLAN, APP, **remote("192.0.2.0/24")))


def test_the_world_in_an_address_group_is_found_by_what_the_group_holds() -> None:
    group = among(PLAN, kinds.ADDRESS_GROUP, "tier-kortrijk-application-ipv4", "tenant-34022")
    wide = mutant(PLAN, group.urn, addresses=[*value(group, "addresses"), "1.0.0.0/8"])
    assert found("open-ingress", wide)
    # What cannot be traced is anywhere.
    assert found("open-ingress", without(PLAN, group.urn))
    assert found("open-ingress", mutant(PLAN, APP, remoteAddressGroupId="4c9f2e"))


def test_whom_a_group_serves_is_told_by_where_its_ports_stand_not_by_its_name() -> None:
    rule = rule_of(PLAN, WEB_RULE)
    assert found("open-ingress", mutant(PLAN, rule, **remote("0.0.0.0/0"))) == ()
    opened = mutant(PLAN, rule, **remote("0.0.0.0/0"))
    port, network = (among(PLAN, kind, name, "tenant-34022") for kind, name in PLACES)
    moved = mutant(opened, port.urn, networkId=unknown(network.urn))
    (one,) = found("open-ingress", moved)
    assert "web-1" in one.says.en


PLACES = ((kinds.PORT, "web-1"), (kinds.NETWORK, "application@west"))


def test_a_listener_outside_a_dmz_admits_no_public_address() -> None:
    listener = among(PLAN, kinds.LISTENER, "front-ipv4")
    balancer = among(PLAN, kinds.BALANCER, "front-ipv4")
    subnet = among(PLAN, kinds.SUBNET, "application@west-ipv4", "tenant-34022")
    assert "0.0.0.0/5" in listener.inputs["allowedCidrs"]
    moved = mutant(PLAN, balancer.urn, vipSubnetId=unknown(subnet.urn))
    (one,) = found("open-ingress", moved)
    assert (one.target, one.urn) == ("kortrijk/front", listener.urn)
    narrow = mutant(moved, listener.urn, allowedCidrs=["10.0.0.0/8"])
    assert found("open-ingress", narrow) == ()
    assert found("open-ingress", mutant(moved, listener.urn, allowedCidrs=[]))


def test_a_port_without_a_filter_is_open() -> None:
    port = among(PLAN, kinds.PORT, "app-1", "tenant-34022").urn
    assert found("open-ingress", mutant(PLAN, port, portSecurityEnabled=False))
    # Of the rules of its groups there is nothing to say any more, so one finding for the port.
    assert len(found("open-ingress", mutant(PLAN, port, securityGroupIds=[]))) == 1
    server = among(PLAN, kinds.INSTANCE, "app-1", "tenant-34022").urn
    assert found("open-ingress", mutant(PLAN, server, networks=[{"name": "application"}]))


# ---- management ports


SSH = "tier:any:ingress-tcp-22-IPv4"


@pytest.mark.parametrize(
    ("protocol", "first", "last", "service"),
    [
        ("tcp", 22, 22, "SSH"),
        ("tcp", 3000, 4000, "RDP"),
        ("tcp", 5986, 5986, "WinRM"),
        ("udp", 161, 161, "SNMP"),
        ("udp", 623, 623, "BMC (IPMI)"),
        ("tcp", None, None, "SSH, Telnet"),
        (None, None, None, "SSH, Telnet"),
    ],
)
def test_a_management_port_is_not_for_applications(
    protocol: str | None, first: int | None, last: int | None, service: str
) -> None:
    plan = mutant(PLAN, APP, protocol=protocol, portRangeMin=first, portRangeMax=last)
    one = found("management-ports", plan)[0]
    assert f"({service}" in one.says.en


@pytest.mark.parametrize(("protocol", "port"), [("udp", 22), ("tcp", 21), ("tcp", 5432), ("icmp", None)])
def test_other_ports_are_left_to_the_flows(protocol: str, port: int | None) -> None:
    plan = mutant(PLAN, APP, protocol=protocol, portRangeMin=port, portRangeMax=port)
    assert found("management-ports", plan) == ()


def test_only_management_of_the_tenant_itself_and_of_the_operator_counts() -> None:
    rule = rule_of(PLAN, SSH)
    own, shared, users, other = (
        among(PLAN, kinds.SUBNET, name, stack)
        for name, stack in (
            ("management@west-ipv4", "tenant-34022"),
            ("management@west-ipv4", "tenant-shared"),
            ("application@west-ipv4", "tenant-34022"),
            ("management@", "tenant-34040"),
        )
    )
    for subnet in (own, shared):
        assert found("management-ports", mutant(PLAN, rule, **remote(value(subnet, "cidr")))) == ()
    for subnet in (other, users):
        (one,) = found("management-ports", mutant(PLAN, rule, **remote(value(subnet, "cidr"))))
        assert value(subnet, "cidr") in one.says.en
    assert found("management-ports", mutant(PLAN, rule, **remote("10.0.0.0/8")))


def test_the_servers_of_a_group_are_management_where_their_ports_stand_there() -> None:
    rule = rule_of(PLAN, SSH)
    admins, apps = (among(PLAN, kinds.GROUP, name, "tenant-34022").urn for name in ("beheer", "app"))
    given = {"remoteIpPrefix": None, "remoteAddressGroupId": None}
    assert found("management-ports", mutant(PLAN, rule, **given, remoteGroupId=unknown(admins))) == ()
    assert found("management-ports", mutant(PLAN, rule, **given, remoteGroupId=unknown(apps)))


def test_a_registered_flow_is_named_as_the_place_to_mend() -> None:
    flow = "  ssh: { from: upstream:vendor, to: kortrijk:web, ports: [22], purpose: Support by the vendor }\n"
    plan = planned(OPERATOR + flow, only=("tenant-34022",))
    findings = found("management-ports", plan)
    assert {(one.target, one.mark.file, one.mark.line) for one in findings} == {("ssh", "estate.yaml", 17)}
    assert len(findings) == 2  # both families


def test_a_load_balancer_on_a_management_port_is_found() -> None:
    listener = among(PLAN, kinds.LISTENER, "front-ipv4").urn
    assert found("management-ports", mutant(PLAN, listener, protocolPort=3389))


# ---- data


def test_confidential_data_are_encrypted_by_what_is_planned_not_by_what_is_written() -> None:
    volume = among(PLAN, kinds.VOLUME, "sql-data").urn
    (one,) = found("data-protection", mutant(PLAN, volume, volumeType="__DEFAULT__"))
    assert "confidentiality 4" in one.says.en
    assert (one.target, one.mark.line) == ("kortrijk/sql-data", 12)
    # A class that the plan tells too low changes nothing: the estate knows the data set.
    low = mutant(PLAN, volume, volumeType="__DEFAULT__", metadata={"class": "1", "backup": "other-datacentre"})
    assert found("data-protection", low)


def test_important_data_have_a_backup_in_the_other_datacentre() -> None:
    volume = among(PLAN, kinds.VOLUME, "sql-data")
    facts = {key: text for key, text in value(volume, "metadata").items() if key != "backup"}
    (one,) = found("data-protection", mutant(PLAN, volume.urn, metadata=facts))
    assert one.says.en.endswith("no copy or backup in another datacentre")


def test_a_backup_needs_a_service_that_keeps_it_in_another_datacentre() -> None:
    plan = planned(OPERATOR.replace("backup: { servers: 2 }", "backup: {}"), only=("data-shared", "data-34022"))
    zone = next(v.text("availabilityZone") for v in plan.of(kinds.VOLUME) if v.name == "sql-data")
    keeper = next(v for v in plan.of(kinds.VOLUME) if v.name == "backup-1-data")
    same = mutant(plan, keeper.urn, availabilityZone=zone)
    (one,) = found("data-protection", same)
    assert "no backup service keeps volumes in another datacentre" in one.says.en
    other = mutant(plan, keeper.urn, availabilityZone="east" if zone == "west" else "west")
    assert found("data-protection", other) == ()


def test_a_service_has_its_copies_in_both_datacentres_or_a_backup() -> None:
    first, second = (among(PLAN, kinds.VOLUME, f"database-{number}-data") for number in (1, 2))
    zone = value(first, "availabilityZone")
    assert value(second, "availabilityZone") != zone
    together = mutant(PLAN, second.urn, availabilityZone=zone)
    assert {one.target for one in found("data-protection", together)} == {"database"}
    pinned = planned(OPERATOR.replace("database: {}", "database: { datacentre: east }"), only=("data-shared",))
    assert len(found("data-protection", pinned)) == 2
    asked = OPERATOR.replace("database: {}", "database: { datacentre: east, backup: true }")
    backed = planned(asked, only=("data-shared",))
    assert found("data-protection", backed) == ()


def test_a_volume_that_tells_no_class_counts_as_the_highest() -> None:
    volume = among(PLAN, kinds.VOLUME, "database-1-data").urn
    assert found("data-protection", mutant(PLAN, volume, metadata={"server": "database-1"}, volumeType="__DEFAULT__"))


# ---- apart


def test_critical_servers_alike_share_one_server_group_that_keeps_them_apart() -> None:
    server = among(PLAN, kinds.INSTANCE, "web-1").urn
    (one,) = found("apart", mutant(PLAN, server, schedulerHints=None))
    assert (one.target, "web-1: no server group" in one.says.en) == ("kortrijk/web", True)
    group = among(PLAN, kinds.SERVER_GROUP, "web").urn
    assert found("apart", mutant(PLAN, group, policies="affinity"))
    assert found("apart", mutant(PLAN, group, policies="soft-anti-affinity"))
    other = among(PLAN, kinds.SERVER_GROUP, "app", "tenant-34022").urn
    assert found("apart", mutant(PLAN, server, schedulerHints=[{"group": unknown(other)}]))


def test_more_copies_than_hosts_are_as_far_apart_as_can_be() -> None:
    plan = planned(kortrijk=KORTRIJK.replace("dmz, count: 2", "dmz, count: 4"), only=("tenant-34022",))
    group = among(plan, kinds.SERVER_GROUP, "web")
    assert value(group, "policies") == "soft-anti-affinity"
    assert found("apart", plan) == ()
    assert found("apart", mutant(plan, group.urn, policies="affinity"))


def test_what_is_not_critical_may_stand_together() -> None:
    for number in (1, 2):
        server = among(PLAN, kinds.INSTANCE, f"app-{number}", "tenant-34022").urn
        assert found("apart", mutant(PLAN, server, schedulerHints=None)) == ()


def test_an_estate_that_asks_for_it_is_told_at_that_key() -> None:
    text = KORTRIJK.replace("serves: [8443], class: 3", "serves: [8443], class: 3, anti-affinity: false")
    (one,) = found("apart", planned(kortrijk=text, only=("tenant-34022",)))
    line = text.splitlines()[one.mark.line - 1]
    assert line[one.mark.column - 1 :].startswith("false")


# ---- quotas


def test_the_quotas_of_all_fit_the_datacentres_also_those_not_applied_now() -> None:
    quota = among(PLAN, kinds.COMPUTE_QUOTA, "compute", "data-34022").urn
    assert any("together" in text for text in messages(found("quotas", mutant(PLAN, quota, cores=5000))))
    some = replace(PLAN, preview=replace(PLAN.preview, stacks=()))
    assert found("quotas", some) == ()
    small = OPERATOR.replace("/stadhuis }", "/stadhuis, ram-gb: 100 }").replace("ram-gb: 4096", "ram-gb: 58")
    (one,) = found("quotas", planned(small, only=()))
    assert "GiB RAM" in one.says.en


@pytest.mark.parametrize("number", [-1, 10_000])
def test_no_tenant_gets_more_than_its_class(number: int) -> None:
    quota = among(PLAN, kinds.COMPUTE_QUOTA, "compute", "data-34040").urn
    (one,) = found("quotas", mutant(PLAN, quota, instances=number))
    assert one.target == "waregem"


def test_the_shared_services_have_what_they_need() -> None:
    quota = among(PLAN, kinds.COMPUTE_QUOTA, "compute", "data-shared").urn
    assert found("quotas", mutant(PLAN, quota, cores=100_000)) == ()


# ---- names and tags


@pytest.mark.parametrize("kind", sorted({*names_tags.TAGGED, *names_tags.METADATA}))
def test_every_fact_is_missed_on_every_kind_that_bears_them(kind: str) -> None:
    resource = PLAN.of(kind)[0].planned
    key = "tags" if kind in names_tags.TAGGED else "metadata"
    pairs = dict(tag.split("=") for tag in value(resource, key)) if key == "tags" else value(resource, key)
    for fact in ("class", "cost", "estate", "nis", "owner"):
        for other in ({}, {fact: "other"}):
            left = {name: text for name, text in pairs.items() if name != fact} | other
            given = left if key == "metadata" else [f"{name}={text}" for name, text in left.items()]
            (one,) = found("names-tags", mutant(PLAN, resource.urn, **{key: given}))
            assert f"{fact}=" in one.says.en


def test_the_kinds_that_bear_tags_are_those_of_the_providers_package() -> None:
    from pulumi_openstack import Provider

    assert Provider
    types = sorted({r.type for r in PLAN.resources if r.planned.in_cloud})
    for key, listed in (("tags", names_tags.TAGGED), ("metadata", names_tags.METADATA)):
        bearing = {token for token in types if key in properties(token)}
        assert bearing == set(listed), key


def properties(token: str) -> set[str]:
    module, name = token.split(":")[1].split("/")[0], token.split(":")[2]
    cls = getattr(importlib.import_module(f"pulumi_openstack.{module}"), name)
    return set(inspect.signature(cls._internal_init).parameters)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kinds.NETWORK, "waregem-application-west"),
        (kinds.GROUP, "app"),
        (kinds.PROJECT, "klein-kortrijk2"),
        (kinds.INSTANCE, "App_1"),
        (kinds.VOLUME, "-data"),
        (kinds.USERS, "admins"),
        (kinds.BALANCER, ""),
    ],
)
def test_a_name_off_the_scheme_is_told(kind: str, name: str) -> None:
    resource = next(r for r in PLAN.of(kind) if r.tenant == "kortrijk")
    findings = found("names-tags", mutant(PLAN, resource.urn, name=name))
    assert [one for one in findings if f"is called {name or 'nothing'}," in one.says.en]


# ---- references


def test_nothing_depends_on_what_is_another_tenants() -> None:
    port = among(PLAN, kinds.PORT, "app-1", "tenant-34022").urn
    theirs = among(PLAN, kinds.NETWORK, "application@", "tenant-34040").urn
    (one,) = found("tenant-references", mutant(PLAN, port, networkId=unknown(theirs)))
    assert "tenant-34040" in one.says.en
    later = changed(PLAN, port, lambda r: replace(r, depends_on=(*r.depends_on, theirs)))
    assert found("tenant-references", later)


@pytest.mark.parametrize("stack", ["shared", "data-shared", "data-34022"])
def test_outputs_of_the_own_stacks_and_of_the_shared_services_are_for_all(stack: str) -> None:
    assert found("tenant-references", with_reference(stack)) == ()


def test_outputs_of_another_tenant_are_not() -> None:
    (one,) = found("tenant-references", with_reference("data-34040"))
    assert (one.target, "data-34040" in one.says.en) == ("kortrijk/app", True)


def with_reference(stack: str) -> Planned:
    port = among(PLAN, kinds.PORT, "app-1", "tenant-34022").urn
    reference = f"urn:pulumi:{stack_of(port)}::virgem::pulumi:pulumi:StackReference::{stack}"
    return mutant(PLAN, port, networkId=unknown(reference))


def test_only_zones_under_the_regions_are_made_in_the_project_of_the_shared_services() -> None:
    within = among(PLAN, kinds.PROVIDER, "within", "tenant-34022").urn
    reference = "urn:pulumi:tenant-34022::virgem::pulumi:pulumi:StackReference::data-shared"
    findings = found("tenant-references", mutant(PLAN, within, tenantId=unknown(reference)))
    assert findings
    assert all("in the project of shared" in one.says.en for one in findings)


def test_an_id_by_hand_cannot_be_traced() -> None:
    port = among(PLAN, kinds.PORT, "app-1", "tenant-34022").urn
    (one,) = found("tenant-references", mutant(PLAN, port, networkId="5f0c3a"))
    assert "networkId" in one.says.en
    assert found("tenant-references", mutant(PLAN, port, securityGroupIds=["5f0c3a"]))


# ---- residency


@pytest.mark.parametrize(("kind", "name"), [(kinds.VOLUME, "sql-data"), (kinds.INSTANCE, "app-1")])
@pytest.mark.parametrize("zone", ["paris", "", "west2", None])
def test_data_and_servers_lie_in_a_datacentre_of_the_region(kind: str, name: str, zone: str | None) -> None:
    resource = among(PLAN, kind, name).urn
    (one,) = found("residency", mutant(PLAN, resource, availabilityZone=zone))
    assert one.target in ("kortrijk/sql-data", "kortrijk/app")


def test_a_host_within_the_zone_may_be_named() -> None:
    assert found("residency", mutant(PLAN, among(PLAN, kinds.INSTANCE, "app-1").urn, availabilityZone="west:h1")) == ()


@pytest.mark.parametrize(("kind", "key"), [(kinds.VOLUME, "region"), (kinds.PROVIDER, "authUrl")])
def test_nothing_goes_to_another_cloud(kind: str, key: str) -> None:
    (one,) = found("residency", mutant(PLAN, PLAN.of(kind)[0].urn, **{key: "RegionTwo"}))
    assert key in one.says.en


# ---- all of them


def test_severities_are_those_that_stop_and_those_that_are_told() -> None:
    told = {policy.id for policy in policies().values() if policy.severity is Severity.WARNING}
    assert told == {"names-tags", "quotas"}


def test_all_policies_take_little_time() -> None:
    # Measured on the clock of this process, as others may be at work too.
    began, fresh = time.process_time(), replace(PLAN)
    for policy in POLICIES:
        found(policy, fresh)
    assert time.process_time() - began < 0.5


def test_every_finding_names_its_resource_and_an_object_of_the_estate() -> None:
    (one,) = found("open-ingress", mutant(PLAN, APP, **remote("0.0.0.0/0")))
    assert (one.urn, one.target) == (APP, "kortrijk/app")
    assert one.says.nl != one.says.en
    assert "{" not in one.says.en + one.says.nl + one.hint.en + one.hint.nl
