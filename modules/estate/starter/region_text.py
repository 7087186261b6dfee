"""The operator's files of a new estate: estate.yaml, fibre.yaml and those that come from templates/."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from string import Template

from virgem.modules.estate.public import PublicAssociation
from virgem.modules.estate.scalars import PublicKey
from virgem.modules.estate.starter import hardware, routes, tenant
from virgem.modules.estate.starter.places import Place
from virgem.modules.estate.starter.routes import Hop, Route
from virgem.modules.estate.starter.selection import Selection, is_member
from virgem.modules.estate.starter.yaml_lines import Value, head, number, section

TEMPLATES = Path(__file__).parent / "templates"
SCHEMA = "estate.schema.json"
# Above this many inhabitants a half of 10.0.0.0/8 would leave little room to grow.
_WHOLE_POOL_FROM = 2_000_000
# Documentation addresses (RFC 5737, RFC 3849) stand for those that the internet providers will give.
_PUBLIC = (["192.0.2.1", "2001:db8:1::1"], ["198.51.100.1", "2001:db8:2::1"])

OWNERS: Mapping[str, Value] = {
    "ict-manager": {"label": "ICT manager of a municipality"},
    "network-manager": {"label": "Network manager of the operator"},
    "service-manager": {"label": "Service manager of the operator"},
    "procurement-officer": {"label": "Procurement officer of the operator"},
    "information-security-officer": {"label": "Information security officer"},
    "data-protection-officer": {"label": "Data protection officer"},
    "facility-manager": {"label": "Facility manager"},
    "finance-director": {"label": "Finance director"},
    "civil-affairs": {"label": "Head of civil affairs"},
    "welfare": {"label": "Head of the social service"},
    "library-director": {"label": "Library director"},
    "head-of-schools": {"label": "Head of schools"},
}


def estate(
    selection: Selection,
    operator: PublicAssociation,
    seats: Mapping[str, Place],
    seed: int,
    access_key: PublicKey | None = None,
) -> str:
    """Return estate.yaml; `seats` are the town halls by municipality id."""
    keys: Mapping[str, Value] = (
        {"operator-1": {"key": str(access_key), "owner": "service-manager"}} if access_key else {}
    )
    lines = [
        *_head(selection, operator),
        "apiVersion: virgem/v1",
        f"name: {selection.name}",
        f"label: {selection.title}",
        *_operator(selection, operator),
        *([f"region: {selection.region}"] if selection.region else []),
        f"domain: {selection.name}.example",
        *section("pools", pools(selection, seed), "Numbers to give out; reserved is in use elsewhere."),
        *_datacentres(selection, seats),
        *section("quotas", _quotas(), "What a tenant may use at most: by inhabitants of the municipality."),
        *section("access-keys", keys, "Who has the private half may log in to every server."),
        *section("owners", OWNERS, "Roles, never people."),
    ]
    return "\n".join(lines) + "\n"


def _head(selection: Selection, operator: PublicAssociation) -> list[str]:
    towns = len(selection.towns)
    return head(
        SCHEMA,
        (
            f"{selection.title}: {towns} {'municipality' if towns == 1 else 'municipalities'}, "
            f"{number(selection.population)} inhabitants (Statbel, 2025).",
            "Real: names, NIS codes, populations, centre points and postal codes of the municipalities;",
            f"the name and KBO number of the association {operator.name}.",
            f"Invented: that {operator.name} runs this, every number to give out, datacentre, host, quota and role;",
            "the public addresses are for documentation (RFC 5737, RFC 3849): write the real ones before you roll out.",
        ),
    )


def _operator(selection: Selection, operator: PublicAssociation) -> list[str]:
    """Return the operator below a comment that says what the choice rests on."""
    kbo = operator.kbo
    why = "whose members fit these municipalities best"
    if not is_member(selection, operator):
        why = "near by: none has these municipalities as members"
    number_of = f", kbo: {kbo[:4]}.{kbo[4:7]}.{kbo[7:]}" if kbo else ""
    return [
        "# An assumption, change it: no public source says who runs the ICT here. Of the associations that serve towns",
        f"# with ICT or in many ways, this is the one {why}.",
        "# Its name is in contracts.yaml too (authority), its number in services.yaml (responsible, processor).",
        f'operator: {{ name: "{plain(operator.name)}"{number_of}, owner: service-manager }}',
    ]


def plain(name: str) -> str:
    """Return a name with only what a display name may hold."""
    return name.replace("‘", "'").replace("’", "'")


def pools(selection: Selection, seed: int) -> Mapping[str, Value]:
    """Return private prefixes large enough: all or half of 10.0.0.0/8 (RFC 1918), and a /32 of fd00::/8 (RFC 4193)."""
    digits = hashlib.sha256(f"{seed}:{selection.name}".encode()).hexdigest()
    whole = selection.population > _WHOLE_POOL_FROM
    ipv4 = "10.0.0.0/8" if whole else "10.0.0.0/9"
    reserved = "10.255.0.0/16" if whole else "10.127.0.0/16"
    group = f"{int(digits[2:6], 16) or 1:x}"
    return {"ipv4": ipv4, "ipv6": f"fd{digits[:2]}:{group}::/32", "reserved": [reserved]}


def _datacentres(selection: Selection, seats: Mapping[str, Place]) -> list[str]:
    west, east = routes.datacentres(selection.towns)
    # One municipality alone: the second datacentre stands in its social house.
    second = f"{east.id}/{seats[east.id].id}" if east is not west else f"{west.id}/sociaal-huis"
    need = _capacity(selection)
    lines = ["", hardware.COMMENT, "datacentres:"]
    for place, (name, town, at) in enumerate(
        (("west", west, f"{west.id}/{seats[west.id].id}"), ("east", east, second))
    ):
        keys: Mapping[str, Value] = {
            "at": at,
            "label": f"Datacentre {town.name}",
            "public": _PUBLIC[place],
            "owner": "service-manager",
        }
        lines += [f"  {name}:", *hardware.datacentre(keys, need, place)]
    return lines


def _capacity(selection: Selection) -> Mapping[str, int]:
    """Return what all tenants may use together and a tenth more, in round numbers."""
    quotas = [tenant.QUOTAS[tenant.quota_of(town.population)] for town in selection.towns]
    return {
        "cores": _round_up(sum(q.cores for q in quotas) * 11 // 10 + 200, 64),
        "ram-gb": _round_up(sum(q.ram_gb for q in quotas) * 11 // 10 + 400, 512),
        "storage-gb": _round_up(sum(q.storage_gb for q in quotas) * 11 // 10 + 20_000, 10_000),
    }


def _round_up(size: int, step: int) -> int:
    return -(-size // step) * step


def _quotas() -> Mapping[str, Value]:
    return {
        name: {
            "instances": quota.instances,
            "cores": quota.cores,
            "ram-gb": quota.ram_gb,
            "volumes": quota.volumes,
            "storage-gb": quota.storage_gb,
            "ports": quota.ports,
            "dns-records": quota.dns_records,
        }
        for name, quota in tenant.QUOTAS.items()
    }


def templates(selection: Selection, operator: PublicAssociation, hops: Sequence[Hop], today: date) -> Mapping[str, str]:
    """Return services.yaml, contracts.yaml, governance.yaml and prices.yaml."""
    kbo = operator.kbo or ""
    values = {
        "authority": f'"{plain(operator.name)}"',
        "kbo": f"{kbo[:4]}.{kbo[4:7]}.{kbo[7:]}",
        "domain": f"{selection.name}.example",
        "flow_end": f"{today + timedelta(days=3 * 365)}",
        "review": f"{today + timedelta(days=365)}",
        "attested": f"{today - timedelta(days=30)}",
        "attested_end": f"{today + timedelta(days=330)}",
        **{name: f"{_ceiling(selection, euro)}.00" for name, euro in _EURO_A_HEAD.items()},
        # Euro: of a month 6 cents a head, of a year 1.20.
        "housing": f"{_round_up(selection.population * 6 // 100, 50)}",
        "service_desk": f"{_round_up(selection.population * 120 // 100, 1000)}",
    }
    line = "\n".join(head(SCHEMA, ())) + "\n"
    files = sorted(TEMPLATES.glob("*.yaml"))
    texts = {file.name: line + Template(file.read_text(encoding="utf-8")).substitute(values) for file in files}
    waivers = [_ONE_TOWN.format(values["review"])] if len(selection.towns) == 1 else []
    waivers += [_PROVIDER.format(hop.id, values["review"]) for hop in hops if hop.route is None]
    if waivers:
        texts["governance.yaml"] += "\nwaivers:\n" + "".join(waivers)
    return texts


# Both datacentres stand in one municipality then, nearer than a region would have them.
_ONE_TOWN = """\
  one-town:
    rule: W410
    target: east
    reason: One municipality has no site far enough from the first. A second municipality would bring one
    owner: service-manager
    expires: {}
"""
# Out of reach of own fibre, and no tunnel can end at a town hall that is no datacentre.
_PROVIDER = """\
  {0}-in-clear:
    rule: W780
    target: {0}
    reason: Too far apart for own fibre. The provider is asked to encrypt this line (MACsec)
    owner: network-manager
    expires: {1}
"""
_EURO_A_HEAD = {"workplace": 12, "mobile": 2, "network": 14, "smart_city": 3, "connectivity": 4}


def _ceiling(selection: Selection, euro_a_head: int) -> int:
    """Return a ceiling in whole ten thousands of euro, at least 250,000."""
    return max(250_000, _round_up(selection.population * euro_a_head, 10_000))


def fibre(selection: Selection, hops: Sequence[Hop], spurs: Sequence[Route], seats: Mapping[str, Place]) -> str:
    """Return fibre.yaml: points of presence, ducts, cables and spans, and the backbone over them."""
    own = [*(hop.route for hop in hops if hop.route), *spurs]
    parts: Mapping[str, Mapping[str, Value]] = {
        "pops": _pops(selection, own, seats),
        "ducts": {name: duct for route in own for name, duct in _ducts(route).items()},
        "cables": {route.id: {"ducts": list(_ducts(route)), "strands": route.strands} for route in own},
        "spans": {route.id: _span(route) for route in own},
    }
    lines = head(
        SCHEMA,
        (
            f"The fibre of {selection.title} and the backbone over it: a ring along all town halls, with chords.",
            "Real: the centre points of the municipalities, where the points of presence stand.",
            "Invented: every point of presence, duct, route, length, cable, span and measurement. No cable is there.",
        ),
    )
    lines += ["fibre:"]
    for name, rows in parts.items():
        lines += [f"  {line}" for line in section(name, rows)[1:]]
    lines += section("backbone", {hop.id: _hop(hop) for hop in hops})
    return "\n".join(lines) + "\n"


def _pops(selection: Selection, own: Sequence[Route], seats: Mapping[str, Place]) -> Mapping[str, Value]:
    rows: dict[str, Value] = {}
    for town in selection.towns:
        rows[f"pop-{town.id}"] = {"at": f"{town.id}/{seats[town.id].id}"}
        rows[f"{town.id}-sociaal"] = {"at": f"{town.id}/sociaal-huis"}
    huts: dict[str, Value] = {f"hut-{r.id}": {"place": list(r.hut), "label": "Splice hut"} for r in own if r.hut}
    return {**rows, **huts}


def _ducts(route: Route) -> Mapping[str, Value]:
    half_way = [f"hut-{route.id}"] if route.hut else []
    names = [f"{route.id}-a", f"{route.id}-b"] if route.hut else [route.id]
    stops = pairwise((route.ends[0], *half_way, route.ends[1]))
    rows: dict[str, Value] = {}
    for name, leg, (start, end) in zip(names, route.legs, stops, strict=True):
        via: dict[str, Value] = {"via": [list(spot) for spot in leg.via]} if leg.via else {}
        rows[name] = {"ends": [start, end], "length": leg.length, **via}
    return rows


def _span(route: Route) -> Mapping[str, Value]:
    measured: dict[str, Value] = {"measured": route.measured} if route.measured is not None else {}
    return {
        "cable": route.id,
        "ends": list(route.ends),
        "length": route.length,
        "splices": route.splices,
        **measured,
    }


def _hop(hop: Hop) -> Mapping[str, Value]:
    if hop.route is None:
        return {"between": list(hop.between), "kind": "provider-fibre", "capacity": "10G", "contract": "connectivity"}
    capacity: dict[str, Value] = {"capacity": "100G"} if hop.fast else {}
    return {"between": list(hop.between), **capacity, "over": [hop.route.id]}
