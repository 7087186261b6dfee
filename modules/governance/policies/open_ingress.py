"""Only what stands in a DMZ is met by public networks."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.model.cloud import Tier
from virgem.modules.governance.planned import BALANCER, GROUP, INSTANCE, LISTENER, PORT, Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, few, finding
from virgem.modules.governance.reach import (
    Addresses,
    Standing,
    far_side,
    ingress,
    known_networks,
    service,
    standing,
    subnet_tier,
)
from virgem.modules.problem import Rule, Severity, Text

_OPEN = Text(
    "{what} lets {prefixes} in by {ports}, to {servers}, not all of them in a DMZ",
    "{what} laat {prefixes} binnen via {ports}, tot bij {servers}, niet alle in een DMZ",
)
_CLOSE = Text(
    "let it in at a server or load balancer of tier dmz, or narrow the source of the flow",
    "laat het binnen bij een server of load balancer van de laag dmz, of vernauw de bron van de stroom",
)
_BARE = Text("{what} has no filter: anybody reaches all its ports", "{what} heeft geen filter: iedereen raakt binnen")
_FILTER = Text("give it its security groups and port security", "geef ze haar beveiligingsgroepen en poortbeveiliging")


def _find(planned: Planned) -> Iterator[Finding]:
    known, stands = known_networks(planned), standing(planned)
    for rule in ingress(planned):
        yield from _rule(planned, known, stands, rule)
    for listener in planned.of(LISTENER):
        yield from _listener(planned, known, listener)
    for port in planned.of(PORT):
        if port.get("portSecurityEnabled") is False or not port.get("securityGroupIds"):
            yield finding(port.urn, _BARE, _FILTER, {"what": port.shown}, planned.place(port).at())
    for server in planned.of(INSTANCE):
        # Without a planned port the cloud makes one itself, in the group that it made itself.
        if not planned.needed(server, "networks", PORT):
            yield finding(server.urn, _BARE, _FILTER, {"what": server.shown}, planned.place(server).at())


def _rule(planned: Planned, known: Addresses, stands: Standing, rule: Resource) -> Iterator[Finding]:
    outside = known.beyond(far_side(planned, rule).prefixes)
    groups = planned.needed(rule, "securityGroupId", GROUP)
    group = groups[0].urn if groups else ""
    tiers = stands.of_group.get(group, frozenset())
    if outside and (tiers != {Tier.DMZ}) and not (not tiers and _meant_for_dmz(planned, rule)):
        servers = few(stands.holders.get(group, ())) or "no server yet"
        values = {"what": rule.shown, "prefixes": few(outside), "ports": service(rule), "servers": servers}
        yield finding(rule.urn, _OPEN, _CLOSE, values, planned.flow(rule))


def _meant_for_dmz(planned: Planned, rule: Resource) -> bool:
    """A group that no server bears yet is for the DMZ when the plan says that its servers stand there."""
    head = rule.name.partition(":ingress-")[0]
    stack = next((stack for stack in planned.cloud.tenants if stack.name == rule.stack), None)
    return any(group.id == head and group.exposed for group in (stack.security_groups if stack else ()))


def _listener(planned: Planned, known: Addresses, listener: Resource) -> Iterator[Finding]:
    admitted = listener.items("allowedCidrs") or ("0.0.0.0/0", "::/0")
    outside = known.beyond(admitted)
    balancers = planned.needed(listener, "loadbalancerId", BALANCER)
    tiers = {subnet_tier(planned, balancer, "vipSubnetId") for balancer in balancers}
    if outside and tiers != {Tier.DMZ}:
        ports = f"{listener.text('protocol').lower()}/{listener.get('protocolPort')}"
        values = {"what": listener.shown, "prefixes": few(outside), "ports": ports, "servers": listener.name}
        yield finding(listener.urn, _OPEN, _CLOSE, values, planned.place(listener).at("servers"))


POLICY = Policy(
    rule=Rule(
        "open-ingress",
        "Only a DMZ is open to the world",
        "Alleen een DMZ staat open voor de wereld",
        "A rule or listener that admits addresses of public networks (0.0.0.0/0, ::/0, any part of them, or no source"
        " at all; also by way of an address group) belongs to servers of which all ports stand in networks of tier dmz."
        " Private addresses, the region's own and those of upstream networks by contract are not public. A port without"
        " security groups or port security is open to all.",
        "Let it in at a server or load balancer of tier dmz, or narrow the source of the flow.",
        ("PR.IR-01.1", "PR.IR-01.4", "ISO 27002:8.20", "ICR"),
    ),
    severity=Severity.ERROR,
    find=_find,
)
