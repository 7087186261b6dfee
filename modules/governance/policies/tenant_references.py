"""No object of a tenant names one of another tenant; only the shared services are for all."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.governance.planned import (
    DNS_SHARE,
    DNS_ZONE,
    PROVIDER,
    Planned,
    Resource,
    referred_stack,
    stack_of,
)
from virgem.modules.governance.policy import Finding, Policy, few, finding
from virgem.modules.problem import Rule, Severity, Text
from virgem.network.model import SHARED

_FOREIGN = Text("{what} depends on {others}, of another tenant", "{what} hangt af van {others}, van een andere tenant")
_OWN = Text(
    "a tenant takes outputs of its own stacks and of the shared services only",
    "een tenant neemt enkel waarden van de eigen stacks en van de gedeelde diensten",
)
_WITHIN = Text("{what} is made in the project of {others}", "{what} wordt gemaakt in het project van {others}")
_UNTRACED = Text(
    "{what} names an object of the cloud by hand in {others}: whose it is cannot be traced",
    "{what} noemt in {others} met de hand een object van de cloud: van wie het is, is niet na te gaan",
)
# A held zone lies under the region's, so the project of the shared services holds it (see cloud.dns).
_HELD = (DNS_ZONE, DNS_SHARE)


def _find(planned: Planned) -> Iterator[Finding]:
    for resource in planned.resources:
        foreign = {name for name in map(_tenant_stack, _urns(resource)) if not _may(planned, resource, name)}
        if foreign:
            yield _found(planned, resource, _FOREIGN, sorted(foreign))
        if by_hand := [*_by_hand(resource)]:
            yield _found(planned, resource, _UNTRACED, by_hand)
        if elsewhere := _elsewhere(planned, resource):
            yield _found(planned, resource, _WITHIN, [elsewhere])


def _found(planned: Planned, resource: Resource, says: Text, others: list[str]) -> Finding:
    values = {"what": resource.shown, "others": few(others)}
    return finding(resource.urn, says, _OWN, values, planned.place(resource).at())


def _urns(resource: Resource) -> Iterator[str]:
    yield from resource.planned.depends_on
    yield from filter(None, (resource.planned.parent, resource.planned.provider))
    for key in resource.planned.inputs:
        yield from resource.needs(key)


def _tenant_stack(urn: str) -> str:
    """Return the stack whose object or output is meant."""
    return referred_stack(urn) or stack_of(urn)


def _may(planned: Planned, resource: Resource, stack: str) -> bool:
    return stack == resource.stack or planned.cloud.tenant_of.get(stack) in (resource.nis, SHARED)


def _by_hand(resource: Resource) -> Iterator[str]:
    """Yield the inputs that hold an id as text; what a program makes it knows by reference."""
    for key, text in resource.planned.inputs.items():
        if key.endswith(("Id", "Ids")) and "knownAfterApply" not in text and text not in ('""', "[]", "null"):
            yield key


def _elsewhere(planned: Planned, resource: Resource) -> str:
    """Return whose project a resource of a tenant is made in, "" for its own."""
    provider = planned.by_urn.get(resource.planned.provider)
    if provider is None or provider.type != PROVIDER or resource.type in _HELD:
        return ""
    stacks = {name for urn in provider.needs("tenantId") if (name := referred_stack(urn))}
    owners = {planned.cloud.tenant_of.get(name, name) for name in stacks} - {resource.nis}
    return few(sorted(owners))


POLICY = Policy(
    rule=Rule(
        "tenant-references",
        "No tenant names what is another's",
        "Geen tenant noemt wat van een ander is",
        "No object depends on an object or output of another tenant's stacks, none is made in another tenant's project,"
        " and none names an id as text. Outputs of the platform and of the shared services are for all; their project"
        " holds the DNS zones under the region's own.",
        "Take outputs of the tenant's own stacks and of the shared services only.",
        ("PR.IR-01.2", "PR.AA-05.3", "ISO 27002:8.22"),
    ),
    severity=Severity.ERROR,
    find=_find,
)
