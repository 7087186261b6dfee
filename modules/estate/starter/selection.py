"""Which municipalities a new estate is for, and which association would run it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from virgem.modules.estate import public
from virgem.modules.estate.public.register import slug
from virgem.modules.estate.scalars import Identifier
from virgem.modules.problem import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The municipalities of a new estate, by NIS code; `region` is the code of a whole reference region, or None."""

    name: str
    title: str
    region: str | None
    towns: tuple[public.PublicMunicipality, ...]

    @property
    def population(self) -> int:
        """Inhabitants of all."""
        return sum(town.population for town in self.towns)


def select(*, region: str | None = None, nis: Iterable[str] | None = None, all_flanders: bool = False) -> Selection:
    """Return a reference region, a list of municipalities or all of Flanders; UserError when one does not exist."""
    if sum((region is not None, nis is not None, all_flanders)) != 1:
        raise UserError("choose a region, NIS codes or all of Flanders", "exactly one of the three")
    if all_flanders:
        return Selection(
            name="vlaanderen", title="Vlaanderen", region=None, towns=tuple(public.municipalities().values())
        )
    return _of_region(region) if region is not None else _of_codes(nis or ())


def named_after(folder: Path, selection: Selection) -> Selection:
    """Return the selection by the name of the estate's folder; where that makes no identifier, by its own."""
    name = slug(folder.resolve().name)[: Identifier.longest].strip("-")
    return replace(selection, name=name) if name else selection


def _of_region(code: str) -> Selection:
    found = public.regions().get(code.upper())
    if found is None:
        known = ", ".join(f"{r.code} {r.name}" for r in public.regions().values())
        raise UserError(f"there is no reference region {code!r}", f"known: {known}")
    towns = tuple(public.municipalities()[nis] for nis in found.nis)
    return Selection(name=slug(found.name), title=found.name, region=found.code, towns=towns)


def _of_codes(codes: Iterable[str]) -> Selection:
    towns = tuple(_town(str(code)) for code in sorted({str(code) for code in codes}))
    if not towns:
        raise UserError("no municipality was chosen", "give at least one NIS code, for example 34022 for Kortrijk")
    largest = max(towns, key=lambda town: (town.population, town.nis))
    more = f"-en-{len(towns) - 1}" if len(towns) > 1 else ""
    title = " en ".join((largest.name, *(town.name for town in towns if town is not largest)))
    if len(towns) > 2:
        title = f"{largest.name} en {len(towns) - 1} andere"
    return Selection(name=f"{largest.id}{more}", title=title, region=None, towns=towns)


def _town(code: str) -> public.PublicMunicipality:
    found = public.municipality(code)
    if found is not None:
        return found
    successor = public.merged_into(code)
    if successor is not None:
        raise UserError(f"{code} merged into {successor.name} in 2025", f"use {successor.nis}")
    near = public.code_meant(code)
    hint = f"did you mean {near.nis} ({near.name})?" if near else "five digits, as 34022"
    raise UserError(f"there is no Flemish municipality with NIS code {code!r}", hint)


def operator(selection: Selection) -> public.PublicAssociation:
    """Return the association that may run the ICT of the selection: of those that serve towns, the one that fits best.

    Members decide: shared ones over all members of both. Where none of the municipalities is a member of such an
    association, it is the one that fits the reference region of the largest municipality.
    """
    serving = [association for association in public.associations() if association.serves]
    largest = max(selection.towns, key=lambda town: (town.population, town.nis))
    for chosen in ({town.nis for town in selection.towns}, set(public.regions()[largest.region].nis)):
        if near := [association for association in serving if chosen & set(association.nis)]:
            return min(near, key=lambda association: (-_fit(association, chosen), association.name))
    raise UserError(f"no association serves {largest.name}", "the public data lacks one for its region")


def _fit(association: public.PublicAssociation, chosen: set[str]) -> float:
    members = set(association.nis)
    return len(chosen & members) / len(chosen | members)


def is_member(selection: Selection, association: public.PublicAssociation) -> bool:
    """Tell whether a municipality of the selection is a member of an association."""
    return any(town.nis in association.nis for town in selection.towns)
