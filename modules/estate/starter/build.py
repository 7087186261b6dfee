"""A new estate from public data: the same bytes for the same selection and seed, on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.scalars import PublicKey
from virgem.modules.estate.schema import json_schema
from virgem.modules.estate.starter import fleet, places, region_text, routes, town_text
from virgem.modules.estate.starter.dice import Dice
from virgem.modules.estate.starter.places import Place
from virgem.modules.estate.starter.selection import Selection, operator

# The day that ages, contracts and certificates are counted from, when the caller names none: no clock is read.
REFERENCE_DAY = date(2026, 11, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    """A municipality with its sites and its two files."""

    sites: tuple[Place, ...]
    yaml: str
    csv: str


def new_estate(
    selection: Selection, seed: int = 0, *, today: date = REFERENCE_DAY, access_key: PublicKey | None = None
) -> Mapping[str, bytes]:
    """Return the files of a new estate by path within its folder, sorted; with the schema that editors check it by.

    `access_key`: the operator's, for all servers; without it nobody may log in to one.
    A municipality's own two files follow from the seed and the municipality alone, whatever else is chosen.
    """
    towns = {town: _town(town, seed, today) for town in selection.towns}
    association = operator(selection)
    seats = {town.id: made.sites[0] for town, made in towns.items()}
    hops = routes.backbone(selection.towns, seats, seed)
    spurs = [routes.spur(town, made.sites, seed) for town, made in towns.items()]
    files = {
        "estate.yaml": region_text.estate(selection, association, seats, seed, access_key),
        "fibre.yaml": region_text.fibre(selection, hops, spurs, seats),
        **region_text.templates(selection, association, hops, today),
        **{f"municipalities/{town.nis}-{town.id}.yaml": made.yaml for town, made in towns.items()},
        **{f"devices/{town.nis}-{town.id}.csv": made.csv for town, made in towns.items()},
    }
    files[region_text.SCHEMA] = json.dumps(json_schema(), indent=2) + "\n"
    return {name: files[name].encode() for name in sorted(files)}


def _town(town: PublicMunicipality, seed: int, today: date) -> _Town:
    dice = Dice(seed, town.nis)
    planned = places.places(town, dice)
    batches = fleet.batches(town, planned)
    needed = fleet.needed(batches)
    sites = tuple(places.enlarged(place, needed.get(place.id, {})) for place in planned)
    bought, rows = town_text.purchase(fleet.rows(town, batches, dice, today), sites[0], today)
    return _Town(sites=sites, yaml=town_text.text(town, sites, bought, today), csv=fleet.text(town, rows))
