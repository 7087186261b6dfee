"""The registers of public data, read once from the CSV files in data/ (sources and licences: ATTRIBUTION.md)."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from virgem.modules.estate.scalars import KboNumber, ScalarError

# importlib.resources does not find the files of a mapped package in an editable install.
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMunicipality:
    """A Flemish municipality of 2025: area in km2, centre in degrees WGS84, `region` the code of its reference region.

    `id` is a short name, unique in Flanders; `merged_from` holds the NIS codes of the municipalities it was made from
    on 1 January 2025, its own among them where it kept its code.
    """

    nis: str
    id: str
    name: str
    province: str
    arrondissement: str
    population: int
    area_km2: float
    lat: float
    lon: float
    postal_codes: tuple[str, ...]
    region: str
    merged_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRegion:
    """A Flemish reference region: its code, name, population and the NIS codes of its municipalities, sorted."""

    code: str
    name: str
    nis: tuple[str, ...]
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAssociation:
    """An intermunicipal association and the NIS codes of its members, sorted; `kbo` is None where the register errs.

    `serves` is "ict" for one that was made for ICT and "services" for one that serves the towns of a region in many
    ways: either may run their ICT. It is empty for all others: waste, water, energy, money, culture, heritage, work.
    """

    name: str
    kbo: str | None
    legal_form: str
    nis: tuple[str, ...]
    serves: str = ""


def slug(name: str) -> str:
    """Return a name as an identifier: no accents, lower case, hyphens ("Sint-Genesius-Rode": sint-genesius-rode)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def municipality(nis: str) -> PublicMunicipality | None:
    """Return the municipality with this NIS code, or None when Flanders has none in 2025."""
    return municipalities().get(str(nis))


def town_named(text: str) -> PublicMunicipality | None:
    """Return the municipality of a name as people write it, with capitals and accents or without; None for none."""
    name = slug(text[:80])
    return next((town for town in municipalities().values() if name in (town.id, slug(town.name))), None)


def code_meant(nis: str) -> PublicMunicipality | None:
    """Return the municipality whose code was most likely mistyped: two digits swapped before all else."""
    swapped = (nis[:at] + nis[at + 1] + nis[at] + nis[at + 2 :] for at in range(len(nis[:80]) - 1))
    if found := next((town for code in swapped if (town := municipality(code))), None):
        return found
    near = difflib.get_close_matches(nis[:80], list(municipalities()), 1, 0.6)
    return municipality(near[0]) if near else None


@cache
def municipalities() -> Mapping[str, PublicMunicipality]:
    """Return all 285 municipalities by NIS code, in the order of the code."""
    found = {row["nis"]: _municipality(row) for row in _rows("municipalities")}
    return MappingProxyType(dict(sorted(found.items())))


@cache
def regions() -> Mapping[str, PublicRegion]:
    """Return the 15 reference regions by code."""
    return MappingProxyType({row["code"]: _region(row["code"], row["name"]) for row in _rows("reference_regions")})


@cache
def associations() -> tuple[PublicAssociation, ...]:
    """Return the intermunicipal associations with members in 2025, by name; those without a name are left out."""
    named = (row for row in _rows("intermunicipal_associations") if row["name"] not in ("", "None"))
    found = (_association(row) for row in named)
    return tuple(sorted((a for a in found if a.nis), key=lambda a: (a.name, a.nis)))


def merged_into(nis: str) -> PublicMunicipality | None:
    """Return the municipality that took over this one on 1 January 2025, or None when it did not merge away."""
    return None if nis in municipalities() else _successors().get(str(nis))


@cache
def _successors() -> Mapping[str, PublicMunicipality]:
    return {old: town for town in municipalities().values() for old in town.merged_from}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _municipality(row: Mapping[str, str]) -> PublicMunicipality:
    return PublicMunicipality(
        nis=row["nis"],
        id=slug(row["name"]),
        name=row["name"],
        province=row["province"],
        arrondissement=row["arrondissement"],
        population=int(row["population_2025"]),
        area_km2=float(row["area_km2"]),
        lat=float(row["centre_lat"]),
        lon=float(row["centre_lon"]),
        postal_codes=tuple(row["postal_codes"].split()),
        region=row["reference_region_code"],
        merged_from=tuple(re.findall(r"\(([0-9]{5})\)", row["merged_2025_from"])),
    )


def _region(code: str, name: str) -> PublicRegion:
    members = [town for town in municipalities().values() if town.region == code]
    return PublicRegion(
        code=code, name=name, nis=tuple(t.nis for t in members), population=sum(t.population for t in members)
    )


def _association(row: Mapping[str, str]) -> PublicAssociation:
    known = tuple(sorted(nis for nis in row["nis_2025"].split() if nis in municipalities()))
    return PublicAssociation(
        name=row["name"],
        kbo=_kbo(row["kbo"]),
        legal_form=row["legal_form"],
        nis=known,
        serves=_services().get(row["kbo"], ""),
    )


@cache
def _services() -> Mapping[str, str]:
    """Return what the associations serve that may run ICT, by KBO number."""
    return {row["kbo"]: row["serves"] for row in _rows("service_associations")}


def _kbo(text: str) -> str | None:
    """Return the number when its check digits are right: the source holds a few that are not."""
    try:
        return str(KboNumber(text))
    except ScalarError:
        return None
