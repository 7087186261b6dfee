"""A small region that keeps every policy, what is planned for it, and plans like it in which something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.preview import PlannedResource, canonical
from virgem.modules.cloud.previewing import run
from virgem.modules.estate.loader import SourceFiles, load
from virgem.modules.governance.planned import Planned
from virgem.modules.governance.policies import policies
from virgem.modules.governance.policy import Finding
from virgem.network.lock import EMPTY
from virgem.network.plan import plan_network
from virgem.stacks.program import run as program

OPERATOR = """\
apiVersion: virgem/v1
name: klein
operator: { name: Leiedal }
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  west: { at: kortrijk/stadhuis, floating: 192.0.2.64/27, aggregate: true, racks: { r1: {} }, hosts: { compute: { roles: compute, rack: r1, position: 1, count: 2, cores: 256, ram-gb: 4096, watts: 700 } } }
  east: { at: waregem/stadhuis }
services:
  database: {}
  backup: { servers: 2 }
upstreams:
  internet: { translate: [203.0.113.128/25, "2001:db8:f000::/48"] }
  vendor: { kind: supplier, asn: 64502, prefixes: [192.0.2.128/25, "2001:db8:42::/48"] }
flows:
  publiek: { from: upstream:internet, to: kortrijk:front, purpose: Website for everybody }
  beheer-op-afstand: { from: upstream:vendor, to: kortrijk:web, ports: [8443], purpose: Support by the vendor }
"""  # noqa: E501 - a line of an estate
KORTRIJK = """\
municipality: 34022
sites:
  stadhuis: { kind: town-hall, class: 3 }
cloud:
  quota: large
  servers:
    web: { tier: dmz, count: 2, datacentre: west, serves: [8443], class: 3 }
    app: { count: 2, serves: [8443] }
    sql: { tier: data, serves: [5432], class: 4 }
    beheer: { tier: management, class: 3 }
  volumes:
    sql-data: { size: 200, server: sql, dataset: burgers, encrypted: true, backup: true }
    kaarten: { size: 10, server: app, dataset: kaarten }
  load-balancers:
    front: { servers: [web], port: 443, server-port: 8443 }
  dns: { www: { load-balancer: front } }
  datasets:
    burgers: { confidentiality: 4, integrity: 4, availability: 3, personal: true, owner: data-protection-officer }
    kaarten: { confidentiality: 1, integrity: 2, availability: 2 }
services: [dns, database, backup]
"""
WAREGEM = """\
municipality: 34040
sites: { stadhuis: town-hall }
cloud: { quota: small, servers: { app: {}, beheer: { tier: management } } }
"""


@cache
def planned(operator: str = OPERATOR, kortrijk: str = KORTRIJK, only: tuple[str, ...] | None = None) -> Planned:
    """What is planned for the region, with the resources of all its stacks or of some."""
    texts = {"estate.yaml": operator, "municipalities/kortrijk.yaml": kortrijk, "municipalities/waregem.yaml": WAREGEM}
    loaded = load(SourceFiles({path: text.encode() for path, text in texts.items()}))
    assert loaded.problems == ()
    assert loaded.estate is not None
    network = plan_network(loaded.estate, EMPTY)
    assert network.plan is not None, network.problems
    cloud = cloud_plan(loaded.estate, network.plan)
    found = run(cloud, cloud.stacks if only is None else only, program)
    return Planned(estate=loaded.estate, network=network.plan, cloud=cloud, preview=found)


def found(policy: str, plan: Planned) -> tuple[Finding, ...]:
    """What a policy finds in a plan."""
    return tuple(policies()[policy].find(plan))


def among(plan: Planned, kind: str, name: str, stack: str = "") -> PlannedResource:
    """The one resource of a kind whose name begins so."""
    wanted = [r.planned for r in plan.of(kind) if r.name.startswith(name) and r.stack.startswith(stack)]
    assert wanted, (kind, name, sorted({r.name for r in plan.of(kind)}))
    return wanted[0]


def mutant(plan: Planned, urn: str, **inputs: Any) -> Planned:
    """The plan in which one resource has other inputs; None takes one away."""

    def change(resource: PlannedResource) -> PlannedResource:
        texts = {key: canonical(value) for key, value in inputs.items() if value is not None}
        kept = {key: text for key, text in resource.inputs.items() if key not in inputs}
        return replace(resource, inputs={**kept, **texts})

    return changed(plan, urn, change)


def changed(plan: Planned, urn: str, change: Callable[[PlannedResource], PlannedResource]) -> Planned:
    """The plan in which one resource is another."""
    assert urn in plan.by_urn
    stacks = tuple(
        replace(stack, resources=tuple(change(r) if r.urn == urn else r for r in stack.resources))
        for stack in plan.preview.stacks
    )
    return replace(plan, preview=replace(plan.preview, stacks=stacks))


def without(plan: Planned, *urns: str) -> Planned:
    """The plan that lacks some resources."""
    stacks = tuple(
        replace(stack, resources=tuple(r for r in stack.resources if r.urn not in urns))
        for stack in plan.preview.stacks
    )
    return replace(plan, preview=replace(plan.preview, stacks=stacks))


def value(resource: PlannedResource, key: str) -> Any:
    """An input of a resource."""
    return json.loads(resource.inputs[key])


def unknown(*urns: str) -> dict[str, list[str]]:
    """What only the cloud can give, and what it comes from."""
    return {"knownAfterApply": list(urns)}


def messages(findings: Iterator[Finding] | tuple[Finding, ...]) -> list[str]:
    """What findings say, in English."""
    return [finding.says.en for finding in findings]
