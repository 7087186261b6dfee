"""Critical servers alike are kept on different hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from virgem.modules.cloud.applications import HOSTS
from virgem.modules.governance.planned import INSTANCE, SERVER_GROUP, Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, few, finding
from virgem.modules.problem import Rule, Severity, Text

_CRITICAL = 3
_TOGETHER = Text(
    "{count} servers {server} of {tenant}, class {grade}, may run on one host: {why}",
    "{count} servers {server} van {tenant}, klasse {grade}, kunnen op één host draaien: {why}",
)
_HINT = Text("leave `anti-affinity: false` out", "laat `anti-affinity: false` weg")


def _find(planned: Planned) -> Iterator[Finding]:
    alike: dict[tuple[str, str], list[Resource]] = {}
    for server in planned.of(INSTANCE):
        alike.setdefault((server.stack, planned.server(server) or server.name), []).append(server)
    for (_, name), servers in sorted(alike.items()):
        grade = max(_class(server) for server in servers)
        why = _why(planned, servers) if grade >= _CRITICAL and len(servers) > 1 else ""
        if why:
            first = servers[0]
            values = {"count": len(servers), "server": name, "tenant": first.tenant, "grade": grade, "why": why}
            yield finding(first.urn, _TOGETHER, _HINT, values, planned.place(first).at("anti-affinity"))


def _class(server: Resource) -> int:
    told = server.facts.get("class", "")
    return int(told) if told.isdigit() else 5


def _why(planned: Planned, servers: Sequence[Resource]) -> str:
    """Return why servers alike may meet on one host, "" where they cannot as far as there are hosts."""
    groups = {server.name: planned.needed(server, "schedulerHints", SERVER_GROUP) for server in servers}
    if bare := sorted(name for name, found in groups.items() if not found):
        return f"{few(bare)}: no server group"
    kept = {found[0].urn: found[0] for found in groups.values()}
    if len(kept) > 1:
        return f"server groups {few(sorted(group.name for group in kept.values()))}"
    group = next(iter(kept.values()))
    asked = group.items("policies") or (group.text("policies"),)
    most = max(Counter(server.text("availabilityZone") for server in servers).values())
    # More copies in a datacentre than it surely has hosts cannot all be apart; then they are as far as can be.
    enough = {"anti-affinity", "soft-anti-affinity"} if most > HOSTS else {"anti-affinity"}
    return "" if set(asked) & enough else f"server group {group.name}: {few(asked) or 'no policy'}"


POLICY = Policy(
    rule=Rule(
        "apart",
        "Critical servers alike are kept apart",
        "Kritieke servers van dezelfde soort blijven uit elkaar",
        "Servers alike of class 3 or higher, two or more, are all in one server group whose policy is anti-affinity;"
        f" soft-anti-affinity only where a datacentre holds more than {HOSTS} of them, the hosts that it surely has.",
        "Leave `anti-affinity: false` out.",
        ("PR.IR-03.1", "PR.IR-04.1", "ISO 27002:8.14"),
    ),
    severity=Severity.ERROR,
    find=_find,
)
