"""The register of checks, and what checks do with estates that are only partly read, large or fine."""

from __future__ import annotations

import datetime
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from string import Formatter

import pytest
from support import ROOT

from virgem.modules.cloud.limits import LIMITS
from virgem.modules.codes import problem, rules, warning
from virgem.modules.estate import kinds
from virgem.modules.estate.checks import check, checks
from virgem.modules.estate.checks.governance import _LEANS_ON, controls
from virgem.modules.estate.checks.register import MISSING_FROM
from virgem.modules.estate.checks.register import check as registered
from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.loader import load, read_folder
from virgem.modules.estate.model import Estate, Fibre, Municipality
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.estate.scalars import Latitude, Longitude
from virgem.modules.problem import Mark, Rule, Text

GOOD = ROOT / "tests" / "estates" / "good"
# Rules whose title is the same in both languages.
ALIKE = {"W504"}


@cache
def every_kind() -> Estate:
    estate = load(read_folder(GOOD / "every-kind")).estate
    assert estate is not None
    return estate


def test_every_check_belongs_to_a_rule() -> None:
    assert sorted(set(checks()) - set(rules())) == []


def test_every_rule_about_the_meaning_of_an_estate_has_a_check() -> None:
    meaning = {code for code in rules() if code[1] in "45789"}
    # Those of 59x are about the planned network, those of quotas about the planned cloud, as is what its networks hold;
    # two are about the fibre under planned links.
    planned = {code for code in rules() if code[1:3] == "59"} | {limit.code for limit in LIMITS}
    planned |= {"E578", "W584", "E782", "E787", "W788", "W789"}
    assert sorted(meaning - set(checks()) - planned) == []


def test_what_a_check_may_miss_stands_under_keys_that_exist() -> None:
    keys = {field.name for cls in (Estate, Municipality) for field in fields(cls)}
    assert set(checks()) >= set(MISSING_FROM)
    assert {key for names in MISSING_FROM.values() for key in names} <= keys | {"*"}


def test_a_rule_has_one_check() -> None:
    taken = next(iter(checks()))
    with pytest.raises(ValueError, match="two checks"):
        registered(taken)(checks()[taken])


def test_rules_explain_themselves() -> None:
    for rule in rules().values():
        assert rule.title[0].isupper()
        assert not rule.title.endswith(".")
        assert rule.explanation.endswith(".")
        assert rule.wayout.endswith(".")


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.code)
def test_a_rule_has_a_dutch_title_too(rule: Rule) -> None:
    assert rule.nl[0].isupper()
    assert not rule.nl.endswith(".")
    assert (rule.nl == rule.title) == (rule.code in ALIKE)


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_warning_has_its_words_in_both_languages_and_an_error_has_none() -> None:
    for rule in rules().values():
        if rule.code.startswith("E"):
            assert (rule.says, rule.hint) == (None, None), f"{rule.code}: errors never reach a Dutch reader"
            continue
        for text in (rule.says, rule.hint):
            assert text, f"{rule.code}: give its message and hint in both languages"
            assert text.en.strip()
            assert text.nl.strip()
            assert text.en != text.nl
            assert fields_of(text.en) == fields_of(text.nl), rule.code


def test_numbers_in_dutch_have_a_comma_and_names_keep_their_points() -> None:
    values = {"km": 1234.5, "price": Decimal("2.50"), "name": "a.b", "count": 3}
    text = Text("{km:.1f} {price:.2f} {name} {count}", "{count} {name} {price:.2f} {km:.1f}")
    assert text.filled(values) == Text("1234.5 2.50 a.b 3", "3 a.b 2,50 1234,5")


def test_a_warning_needs_words_and_an_error_is_none() -> None:
    with pytest.raises(KeyError, match="no registered error"):
        problem("W591", Mark(), "text")
    with pytest.raises(KeyError, match="no registered warning"):
        warning("E590", Mark(), {})


@pytest.mark.parametrize("language", ["title", "nl"])
def test_no_two_rules_have_the_same_title(language: str) -> None:
    titles = [getattr(rule, language) for rule in rules().values()]
    assert sorted(titles) == sorted(set(titles))


def test_the_good_estate_names_every_kind() -> None:
    estate = every_kind()
    sites = tuple(estate.sites.values())
    backups = tuple(site.link.backup for site in sites if site.link.backup)
    used = {
        "zones": {zone.kind for site in sites for zone in site.zones},
        "links": {link.kind for link in (*(site.link for site in sites), *backups, *estate.backbone)},
        "sites": {site.kind for site in sites},
        "devices": {profile.kind for profile in estate.profiles},
        "services": {service.kind for service in estate.services},
        "entities": {entity.kind for town in estate.municipalities for entity in town.entities},
        "upstreams": {upstream.kind for upstream in estate.upstreams},
    }
    missing = {name: set(kinds.family(name)) - used[name] for name in kinds.FAMILIES}
    assert not any(missing.values()), f"use these kinds in tests/estates/good/every-kind: {missing}"


def test_a_check_says_the_same_whatever_the_order_of_the_towns() -> None:
    estate = every_kind()
    turned = replace(estate, municipalities=estate.municipalities[::-1], waivers=())
    assert check(turned) == check(replace(estate, waivers=()))


def test_what_has_ended_is_only_told_for_a_day() -> None:
    far = datetime.date(2099, 1, 1)
    assert check(replace(every_kind(), waivers=())) != check(replace(every_kind(), waivers=()), far)
    told = {found.code for found in check(every_kind(), far)} - {problem.code for problem in check(every_kind())}
    assert {"W533", "W560", "W906", "W911", "W821"} <= told


def bare() -> Estate:
    emptied = replace(every_kind(), municipalities=(), devices=(), datacentres=(), flows=(), backbone=(), fibre=Fibre())
    return replace(emptied, waivers=())


def test_nothing_is_called_missing_while_part_of_the_text_is_unread() -> None:
    assert {"W408", "W413", "W541", "W723"} <= {found.code for found in check(bare())}
    assert not {found.code for found in check(bare(), unread=frozenset({"*"}))} & set(MISSING_FROM)


def test_only_what_may_stand_in_the_unread_part_is_not_called_missing() -> None:
    told = {found.code for found in check(bare(), unread=frozenset({"datacentres"}))}
    assert "W408" not in told
    assert {"W413", "W541", "W723"} <= told


def test_problems_point_at_lines_and_name_what_they_are_about() -> None:
    for found in check(replace(every_kind(), waivers=()), datetime.date(2099, 1, 1)):
        assert found.mark.line > 0
        assert found.target
        assert found.hint


def test_controls_are_those_of_the_framework() -> None:
    assert len(controls()) == 218
    assert "PR.IR-01.1" in controls()


def test_principles_lean_on_principles_of_the_library() -> None:
    policy = {f"P{n:02}" for n in range(1, 19)}
    below = {f"T{n:02}" for n in range(1, 13)} | {f"R{n:02}" for n in range(1, 7)}
    assert set(_LEANS_ON) <= policy
    assert {name for names in _LEANS_ON.values() for name in names} <= below


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        # A degree of latitude on a sphere of 6371.0088 km is 111.195 km.
        ((50.0, 3.0), (51.0, 3.0), 111.195),
        ((50.8279, 3.2645), (50.8279, 3.2645), 0.0),
        # Brussels to Antwerp, centre to centre.
        ((50.84667, 4.3525), (51.22047, 4.40026), 41.7),
    ],
)
def test_distances_are_great_circles(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    first, second = (Point(lat=Latitude(lat), lon=Longitude(lon)) for lat, lon in (one, other))
    assert distance_km(first, second) == pytest.approx(km, abs=0.05)


def test_the_sizes_of_servers_are_those_that_the_cloud_makes() -> None:
    from virgem.modules.cloud.flavors import FLAVORS
    from virgem.modules.cloud.flavors import IMAGES as MADE
    from virgem.modules.estate.sizes import IMAGES, SIZES

    made = {name: (flavor.vcpus, flavor.ram_mb // 1024, flavor.disk_gb) for name, flavor in FLAVORS.items()}
    assert {name: (size.cores, size.ram_gb, size.disk_gb) for name, size in SIZES.items()} == made
    assert sorted(IMAGES) == sorted(name.replace(".", "-") for name in MADE)
