"""Every object that can bear tags says whose it is, and has a name by the scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator

from virgem.modules.cloud import names
from virgem.modules.estate.model import Estate
from virgem.modules.governance import planned as kinds
from virgem.modules.governance.planned import Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, finding
from virgem.modules.problem import Rule, Severity, Text

# The types that bear tags, and those that bear metadata, of the provider (a test asks its package).
TAGGED = (
    kinds.BALANCER,
    kinds.FLOATING,
    kinds.GROUP,
    kinds.IMAGE,
    kinds.INSTANCE,
    kinds.LISTENER,
    kinds.MEMBER,
    kinds.NETWORK,
    kinds.POOL,
    kinds.PORT,
    kinds.PROJECT,
    kinds.ROUTER,
    kinds.SUBNET,
    kinds.SUBNET_POOL,
)
METADATA = (kinds.AGGREGATE, kinds.INSTANCE, kinds.VOLUME)
# What begins with the name of its tenant, of its project; what is a host name of its own (RFC 1123).
_TENANTS = (
    *(kinds.GROUP, kinds.NETWORK, kinds.ROUTER, kinds.SUBNET),
    *(kinds.BALANCER, kinds.LISTENER, kinds.MONITOR, kinds.POOL),
)
_PROJECTS = (kinds.PROJECT, kinds.USERS)
_HOSTS = (kinds.INSTANCE, kinds.MEMBER, kinds.PORT, kinds.SERVER_GROUP, kinds.VOLUME)
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")

_LACKS = Text("{what} says {facts}", "{what} zegt {facts}")
_TAG = Text(
    "each object bears estate, nis, owner, class and cost: a defect of virgem, report it",
    "elk object draagt estate, nis, owner, class en cost: een fout van virgem, meld ze",
)
_NAMED = Text("{what} is called {name}, not {scheme}", "{what} heet {name}, niet {scheme}")
_RENAME = Text("a defect of virgem, report it", "een fout van virgem, meld ze")


def _find(planned: Planned) -> Iterator[Finding]:
    roles = _roles(planned.estate)
    for kind in sorted({*TAGGED, *METADATA, *_TENANTS, *_PROJECTS, *_HOSTS}):
        for resource in planned.of(kind):
            if wrong := [*_wrong(planned, roles, resource)]:
                values = {"what": resource.shown, "facts": ", ".join(wrong)}
                yield finding(resource.urn, _LACKS, _TAG, values, planned.place(resource).at())
            if scheme := _misnamed(planned, resource):
                values = {"what": resource.shown, "name": resource.text("name") or "nothing", "scheme": scheme}
                yield finding(resource.urn, _NAMED, _RENAME, values, planned.place(resource).at())


def _roles(estate: Estate) -> frozenset[str]:
    """Return the roles that own something; those written under owners are among those that may."""
    found = {str(owner.id) for owner in estate.owners} | {str(estate.operator.owner)}
    found |= {str(service.owner) for service in estate.services}
    for town in estate.municipalities:
        found |= {str(town.owner)} | {str(s.owner) for s in (town.cloud.servers if town.cloud else ())}
        found |= {str(d.owner) for d in (town.cloud.datasets if town.cloud else ()) if d.owner}
    return frozenset(found)


def _wrong(planned: Planned, roles: frozenset[str], resource: Resource) -> Iterator[str]:
    """Yield each fact that is missing or other than the estate's, in the tags and in the metadata."""
    if resource.type in TAGGED:
        pairs = (tag.partition("=") for tag in resource.items("tags"))
        yield from _amiss(planned, roles, resource, {key: value for key, _, value in pairs})
    if resource.type in METADATA:
        yield from _amiss(planned, roles, resource, resource.get("metadata") or {})


def _amiss(planned: Planned, roles: frozenset[str], resource: Resource, facts: dict[str, str]) -> Iterator[str]:
    wanted = names.metadata(planned.estate, resource.nis, "", 1)
    for key in ("cost", "estate", "nis"):
        if facts.get(key) != wanted[key]:
            yield f"{key}={facts.get(key, '')} for {wanted[key]}"
    if facts.get("owner") not in roles:
        yield f"owner={facts.get('owner', '')}, no role of the estate"
    if facts.get("class") not in ("1", "2", "3", "4", "5"):
        yield f"class={facts.get('class', '')}, no class"


def _misnamed(planned: Planned, resource: Resource) -> str:
    """Return the form that a name should have had, "" where it has it."""
    name = resource.text("name")
    if resource.type in _PROJECTS:
        scheme = names.project_name(planned.estate, resource.tenant)
        exact = resource.type == kinds.PROJECT
        return "" if name == scheme or (not exact and name.startswith(f"{scheme}-")) else scheme
    if resource.type in _TENANTS:
        prefix = "external-" if resource.type == kinds.NETWORK and resource.get("external") else f"{resource.tenant}-"
        return "" if name.startswith(prefix) else f"{prefix}..."
    if resource.type in _HOSTS:
        return "" if _HOST.fullmatch(name) and len(name) <= 63 else "a host name"
    return ""


POLICY = Policy(
    rule=Rule(
        "names-tags",
        "Every object says whose it is",
        "Elk object zegt van wie het is",
        "Each object of a type that bears tags or metadata says the estate, the NIS code of its tenant, the owner role,"
        " the class and the key of its cost, and they are those of the estate. Names begin with the tenant or its"
        " project; servers, ports and volumes have host names.",
        "Nothing in an estate can break this: report it as a defect.",
        ("ID.AM-01.2", "ID.AM-05.1", "ISO 27002:5.9", "ISO 27002:5.13"),
    ),
    severity=Severity.WARNING,
    find=_find,
)
