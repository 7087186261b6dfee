"""Management ports are reached from management zones only."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.model.cloud import Tier
from virgem.modules.governance.planned import LISTENER, Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, few, finding
from virgem.modules.governance.reach import (
    Addresses,
    Standing,
    far_side,
    ingress,
    management_networks,
    service,
    standing,
)
from virgem.modules.problem import Rule, Severity, Text

# Protocol, first and last port, what listens there (IANA's register, or the product's own documentation).
PORTS = (
    ("tcp", 22, 22, "SSH"),
    ("tcp", 23, 23, "Telnet"),
    ("tcp", 161, 161, "SNMP"),
    ("udp", 161, 161, "SNMP"),
    ("tcp", 623, 623, "BMC (RMCP)"),
    ("udp", 623, 623, "BMC (IPMI)"),
    ("tcp", 830, 830, "NETCONF"),
    ("tcp", 1434, 1434, "SQL Server (DAC)"),
    ("udp", 1434, 1434, "SQL Server (browser)"),
    ("tcp", 2375, 2376, "Docker"),
    ("tcp", 3389, 3389, "RDP"),
    ("udp", 3389, 3389, "RDP"),
    ("tcp", 5500, 5500, "Oracle Enterprise Manager"),
    ("tcp", 5900, 5903, "VNC console"),
    ("tcp", 5985, 5986, "WinRM"),
    ("tcp", 33062, 33062, "MySQL (administration)"),
)
_SAYS = Text(
    "{what} opens {ports} ({service}) to {who}, no management zone",
    "{what} opent {ports} ({service}) voor {who}, geen beheerzone",
)
_HINT = Text(
    "let administrators go by a server of tier management, or name other ports in the flow",
    "laat beheerders via een server van de laag management gaan, of noem andere poorten in de stroom",
)


def _find(planned: Planned) -> Iterator[Finding]:
    stands, zones = standing(planned), dict[str, Addresses]()
    for rule in (*ingress(planned), *planned.of(LISTENER)):
        if services := opened(rule):
            if rule.tenant not in zones:
                zones[rule.tenant] = management_networks(planned, rule.tenant)
            if who := _others(planned, stands, zones[rule.tenant], rule):
                shown = service(rule) if rule.type != LISTENER else f"tcp/{rule.get('protocolPort')}"
                values = {"what": rule.shown, "ports": shown, "service": ", ".join(services), "who": who}
                place = planned.flow(rule) if rule.type != LISTENER else planned.place(rule).at("port")
                yield finding(rule.urn, _SAYS, _HINT, values, place)


def opened(rule: Resource) -> tuple[str, ...]:
    """Return the management services that a rule or listener opens, also by a range or by no port at all."""
    if rule.type == LISTENER:
        protocol, first = rule.text("protocol"), rule.get("protocolPort")
        last = first
    else:
        protocol, first, last = rule.text("protocol"), rule.get("portRangeMin"), rule.get("portRangeMax")
    protocol = protocol.lower() or "any"
    low, high = (1, 65535) if first is None else (int(first), int(last if last is not None else first))
    found = (what for kind, begin, end, what in PORTS if protocol in (kind, "any") and low <= end and begin <= high)
    return tuple(dict.fromkeys(found))


def _others(planned: Planned, stands: Standing, zones: Addresses, rule: Resource) -> str:
    """Return who else than management is let in, "" for nobody."""
    if rule.type == LISTENER:
        beyond = zones.beyond(rule.items("allowedCidrs") or ("0.0.0.0/0", "::/0"))
        return few(beyond)
    far = far_side(planned, rule)
    if far.group:
        tiers = stands.of_group.get(far.group, frozenset())
        return "" if tiers <= {Tier.MANAGEMENT} else few(stands.holders[far.group])
    return few(zones.beyond(far.prefixes))


POLICY = Policy(
    rule=Rule(
        "management-ports",
        "Management ports only from management zones",
        "Beheerpoorten alleen vanuit beheerzones",
        "Ports by which systems are managed ("
        + ", ".join(dict.fromkeys(what for *_, what in PORTS))
        + ") are let in from management networks of the tenant itself, its management zones and the operator's"
        " management network only; ranges and rules without ports count. PostgreSQL is administered by the port that"
        " applications use, so that one is left to the flows.",
        "Let administrators go by a server of tier management, or name other ports in the flow.",
        ("PR.IR-01.3", "PR.AA-03.3", "ISO 27002:8.20", "ISO 27002:8.22", "ICR"),
    ),
    severity=Severity.ERROR,
    find=_find,
)
