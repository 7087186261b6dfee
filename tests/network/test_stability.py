"""Nothing moves: adding, removing, reordering and renaming leave every other number where it was."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regions import (
    ANZEGEM,
    HALL,
    HARELBEKE,
    KORTRIJK,
    KUURNE,
    MENEN,
    WAREGEM,
    estate,
    outside,
    overlaps,
    planned,
    texts,
)
from regions import from_files as read

from virgem.network.lock import EMPTY, Entry, Lock, dump, parse
from virgem.network.plan import plan_network

POOLS = ["10.0.0.0/9", "fd34:22::/32"]
TOWNS = (KORTRIJK, WAREGEM, HARELBEKE, KUURNE, MENEN, ANZEGEM)
SITES = ("bib", "depot", "hall", "hub", "plein", "school")
KINDS = ("town-hall", "library", "depot", "square", "school", "youth-centre")
ZONES = {
    "extra-cctv": ("cctv", 5),
    "extra-guests": ("guests", 500),
    "lab": ("sensors", 50),
    "atelier": ("building", 12),
}
CENTRES = {"west": {"at": "kortrijk/hall"}, "east": {"at": "waregem/hall"}}
FIXED = {KORTRIJK: {"hall": HALL}, WAREGEM: {"hall": HALL}}

Towns = dict[str, dict[str, Any]]


def add_site(towns: Towns, chance: random.Random) -> None:
    nis = chance.choice(TOWNS)
    towns.setdefault(nis, {}).setdefault(chance.choice(SITES), {"kind": chance.choice(KINDS)})


def drop_site(towns: Towns, chance: random.Random) -> None:
    nis = chance.choice(sorted(towns))
    for site in set(towns[nis]) - set(FIXED.get(nis, {})):
        del towns[nis][site]
        return


def drop_town(towns: Towns, chance: random.Random) -> None:
    for nis in sorted(set(towns) - set(FIXED)):
        del towns[nis]
        return


def add_zone(towns: Towns, chance: random.Random) -> None:
    site = any_site(towns, chance)
    name = chance.choice(sorted(ZONES))
    kind, hosts = ZONES[name]
    site.setdefault("zones", {}).setdefault(name, {"kind": kind, "hosts": hosts})


def drop_zone(towns: Towns, chance: random.Random) -> None:
    any_site(towns, chance).pop("zones", None)


def rename(towns: Towns, chance: random.Random) -> None:
    any_site(towns, chance)["label"] = f"Gebouw {chance.randrange(100)}"


def reorder(towns: Towns, chance: random.Random) -> None:
    for nis in chance.sample(sorted(towns), len(towns)):
        towns[nis] = {site: towns[nis][site] for site in chance.sample(sorted(towns[nis]), len(towns[nis]))}
        towns[nis] = towns.pop(nis)


EDITS: tuple[Callable[[Towns, random.Random], None], ...] = (
    add_site,
    add_site,
    drop_site,
    drop_town,
    add_zone,
    drop_zone,
    rename,
    reorder,
)


def any_site(towns: Towns, chance: random.Random) -> dict[str, Any]:
    nis = chance.choice(sorted(towns))
    site: dict[str, Any] = towns[nis][chance.choice(sorted(towns[nis]))] if towns[nis] else {}
    return site


def grown(old: Entry, new: Entry | None) -> bool:
    """Whether what was released came back larger than it went: only then is it numbered anew."""
    orders = [(block[1], other[1]) for block, other in zip(old.ipv4, new.ipv4 if new else (), strict=False)]
    return old.released and any(after > before for before, after in orders)


def numbers(lock: Lock) -> Mapping[str, object]:
    """Return the numbers of everything, released or not; spaces grow, homes follow the map, serials the zones."""
    kinds = ("space", "town", "site", "home", "dns")
    return {
        key: (entry.ipv4, entry.ipv6, entry.values)
        for key, entry in lock.entries.items()
        if key.partition(" ")[0] not in kinds
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_random_edits_never_move_a_number(edits: list[Callable[..., None]], chance: random.Random) -> None:
    towns: Towns = deepcopy(FIXED)
    plan, lock = planned(estate(towns, datacentres=CENTRES))
    for edit in edits:
        edit(towns, chance)
        plan, newer = planned(estate(towns, datacentres=CENTRES), parse(dump(lock)))
        larger = {key for key, entry in lock.entries.items() if grown(entry, newer.entries.get(key))}
        before = {key: number for key, number in numbers(lock).items() if key not in larger}
        after = numbers(newer)
        assert {key: after.get(key) for key in before} == before, edit.__name__
        assert overlaps(plan) == []
        assert outside(plan, POOLS) == []
        lock = newer


def test_the_same_estate_and_lock_give_the_same_plan() -> None:
    region = estate({KORTRIJK: {"hall": HALL, "bib": "library"}, WAREGEM: {"hall": HALL}}, datacentres=CENTRES)
    first, lock = planned(region)
    second, again = planned(region, lock)
    assert (first, dump(lock)) == (second, dump(again))
    assert planned(region)[1] == lock


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_text_plays_no_part_even_without_a_lock(seed: int) -> None:
    towns: Towns = {nis: {site: {"kind": kind} for site, kind in zip(SITES, KINDS, strict=True)} for nis in TOWNS}
    shuffled = deepcopy(towns)
    reorder(shuffled, random.Random(seed))
    files = texts(shuffled, datacentres=CENTRES)
    mixed = dict(random.Random(seed).sample(sorted(files.items()), len(files)))
    assert planned(read(mixed))[1] == planned(estate(towns, datacentres=CENTRES))[1]


def test_what_comes_back_gets_its_numbers_again() -> None:
    whole: Towns = {KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}}, WAREGEM: {"hall": HALL}}
    less: Towns = {KORTRIJK: {"hall": HALL, "school": {"kind": "school"}}}
    _, first = planned(estate(whole))
    _, second = planned(estate(less), first)
    assert second.entries["zone 34022/bib:voip"].released
    assert second.entries["asn 34040"].released
    _, third = planned(estate(whole), second)
    assert {key: third.entries[key] for key in first.entries} == first.entries


def test_a_deleted_line_moves_that_one_number_only() -> None:
    region = estate({KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}}})
    _, lock = planned(region)
    _, grown = planned(estate({KORTRIJK: {"hall": HALL, "bib": {"kind": "library", "zones": {"lab": "cctv"}}}}), lock)
    held = {key: entry for key, entry in grown.entries.items() if key != "zone 34022/bib:voip"}
    _, renumbered = planned(region, Lock(lock.estate, held))
    moved = {key for key, entry in lock.entries.items() if renumbered.entries[key] != entry}
    assert moved <= {"zone 34022/bib:voip"}


def test_a_deleted_town_line_leaves_its_sites_where_they_are() -> None:
    region = estate({KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}}, WAREGEM: {"hall": HALL}})
    _, lock = planned(region)
    held = {key: entry for key, entry in lock.entries.items() if not key.startswith(("town ", "site "))}
    _, again = planned(region, Lock(lock.estate, held))
    assert numbers(again) == numbers(lock)


def test_two_branches_merge_line_by_line_and_a_clash_is_named() -> None:
    base: Towns = {KORTRIJK: {"hall": HALL}}
    _, lock = planned(estate(base))
    ours = planned(estate({KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}}}), lock)[1]
    theirs = planned(estate({KORTRIJK: {"hall": HALL, "depot": {"kind": "depot"}}}), lock)[1]
    both = estate({KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}, "depot": {"kind": "depot"}}})
    merged = parse(dump(Lock(lock.estate, {**ours.entries, **theirs.entries})))
    problems = plan_network(both, merged).problems
    assert {problem.code for problem in problems} == {"E609"}
    clashing = {key for problem in problems for key, line in merged.lines.items() if line == problem.related[0].line}
    healed = Lock(lock.estate, {key: e for key, e in merged.entries.items() if key not in clashing})
    plan, after = planned(both, healed)
    assert overlaps(plan) == []
    assert {key: after.entries[key] for key in lock.entries} == dict(lock.entries)


def test_an_empty_lock_stands_for_a_missing_file() -> None:
    plan, lock = planned(estate({KORTRIJK: {"hall": HALL}}), EMPTY)
    assert lock.estate == "test"
    assert overlaps(plan) == []


def test_a_zone_that_comes_back_larger_gets_a_new_prefix() -> None:
    def lab(hosts: int) -> Towns:
        return {KORTRIJK: {"hall": {"kind": "town-hall", "zones": {"lab": {"kind": "sensors", "hosts": hosts}}}}}

    _, first = planned(estate(lab(10)))
    _, gone = planned(estate({KORTRIJK: {"hall": HALL}}), first)
    plan, back = planned(estate(lab(300)), gone)
    assert back.entries["zone 34022/hall:lab"].ipv4[0][1] == 9
    assert overlaps(plan) == []
