"""A small estate with everything of the cloud in it, and its network plan."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address, ip_network

from virgem.modules.cloud.model import CloudPlan, SecurityGroup, SecurityRule, TenantStack
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.preview import Preview
from virgem.modules.cloud.previewing import run
from virgem.modules.estate.loader import SourceFiles, load
from virgem.modules.estate.model import Estate
from virgem.network.lock import EMPTY
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.stacks.program import run as program

OPERATOR = """\
apiVersion: virgem/v1
name: klein
operator: { name: Leiedal }
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  west: { at: kortrijk/stadhuis, floating: 192.0.2.64/27, aggregate: true, racks: { r1: {} }, hosts: { compute: { roles: compute, rack: r1, position: 1, count: 2, cores: 256, ram-gb: 4096, watts: 700 } } }
  east: { at: waregem/stadhuis, floating: 198.51.100.64/27 }
services:
  database: {}
access-keys:
  beheer: { key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIINA6aVDS/stOpPPk7hgBbnMEpSyWJc4bMWnkEaoP5tY, until: 2028-12-31 }
upstreams:
  internet: { translate: [203.0.113.128/25, "2001:db8:f000::/48"] }
flows:
  publiek:
    from: upstream:internet
    to: kortrijk:front
    purpose: Website for everybody
"""  # noqa: E501 - a line of an estate
KORTRIJK = """\
municipality: 34022
label: Kortrijk
sites:
  stadhuis: { kind: town-hall, class: 3 }
  bib: { kind: library }
cloud:
  quota: large
  servers:
    web: { flavor: medium, tier: dmz, count: 3, serves: [8443], class: 3 }
    app: { flavor: large, count: 2, serves: [8443] }
    sql: { flavor: xlarge, tier: data, serves: [5432], class: 3 }
  volumes:
    sql-data: { size: 200, server: sql, dataset: burgers, encrypted: true, backup: true }
  load-balancers:
    front: { servers: [web], port: 443, server-port: 8443 }
  dns:
    www: { load-balancer: front }
    app: app
    loket.kortrijk.example: { alias: www }
  access-keys:
    ict: { key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWkdvwz55+FERZMSfWuMqGhbH9F5je0jQSlf3ojwmB+ }
  datasets:
    burgers: { confidentiality: 4, integrity: 4, availability: 3, personal: true }
services: [dns, files, backup, database]
"""
WAREGEM = """\
municipality: 34040
sites:
  stadhuis: town-hall
cloud:
  quota: small
  servers:
    app: { flavor: small }
"""


def texts(kortrijk: str = KORTRIJK, operator: str = OPERATOR) -> dict[str, str]:
    """The files of the estate by path."""
    return {
        "estate.yaml": operator,
        "municipalities/34022-kortrijk.yaml": kortrijk,
        "municipalities/34040-waregem.yaml": WAREGEM,
    }


@cache
def estate(kortrijk: str = KORTRIJK, operator: str = OPERATOR) -> Estate:
    """The estate, free of mistakes."""
    files = {path: text.encode() for path, text in texts(kortrijk, operator).items()}
    loaded = load(SourceFiles(files))
    assert [f"{p.mark}: {p.message}" for p in loaded.problems] == []
    assert loaded.estate is not None
    return loaded.estate


@cache
def network(kortrijk: str = KORTRIJK, operator: str = OPERATOR) -> NetworkPlan:
    """Its network plan."""
    planned = plan_network(estate(kortrijk, operator), EMPTY)
    assert planned.plan is not None, planned.problems
    return planned.plan


def cloud(kortrijk: str = KORTRIJK, operator: str = OPERATOR) -> CloudPlan:
    """Its cloud plan."""
    return cloud_plan(estate(kortrijk, operator), network(kortrijk, operator))


@cache
def previewed(kortrijk: str = KORTRIJK, operator: str = OPERATOR) -> Preview:
    """Its preview on the embedded engine."""
    plan = cloud(kortrijk, operator)
    return run(plan, plan.stacks, program)


def open_rules(stack: TenantStack) -> list[tuple[SecurityGroup, SecurityRule]]:
    """The rules of a tenant by which somebody on the internet may come in."""
    somebody = {"IPv4": ip_address("203.0.113.9"), "IPv6": ip_address("2001:db8::9")}
    groups = {group.id: group.prefixes for group in stack.address_groups}
    return [
        (group, rule)
        for group in stack.security_groups
        for rule in group.rules
        for prefix in groups.get(rule.address_group, (rule.prefix,) if rule.prefix else ())
        if somebody[rule.family] in ip_network(prefix)
    ]
