"""A new estate is sized by the formulas, the same every time, honest about what it invents, and free of problems."""

import csv
import io
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from virgem.modules.estate import public, starter
from virgem.modules.estate.kinds import site_kinds
from virgem.modules.estate.scalars import Label
from virgem.modules.estate.sources import SourceFiles
from virgem.modules.estate.starter import fleet, geo, places, routes
from virgem.modules.estate.starter.dice import Dice
from virgem.modules.estate.starter.region_text import plain
from virgem.modules.estate.starter.sizing import shared
from virgem.modules.estate.validation import validate_files
from virgem.modules.problem import UserError

Files = dict[str, bytes]


def made(region: str = "REFREG09", seed: int = 0) -> Files:
    return dict(starter.new_estate(starter.select(region=region), seed=seed))


@pytest.fixture(scope="module")
def kust() -> Files:
    return made()


@pytest.fixture(scope="module")
def leiestreek() -> Files:
    return made("REFREG08")


def content(files: Files, name: str) -> dict:
    return yaml.safe_load(files[name])


def towns_of(files: Files) -> dict[str, dict]:
    return {name: content(files, name) for name in files if name.startswith("municipalities/")}


def rows_of(files: Files, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def half_up(number: float) -> int:
    return int(number + 0.5 + 1e-9)


@pytest.mark.parametrize("nis", ["73028", "34043", "35013", "34040", "34022", "44021", "11002"])
def test_sizes_follow_the_formulas(nis: str) -> None:
    people = public.municipalities()[nis].population
    size = starter.sizes(people)
    assert size.headcount == half_up(0.017 * people)
    assert size.sites == min(60, half_up(6 + people / 1600))
    assert size.pcs == half_up(0.6 * size.headcount * 1.15)
    assert size.laptops == half_up(0.65 * size.pcs)
    assert size.phones == half_up(0.25 * size.headcount)
    assert size.tablets == half_up(0.08 * size.headcount)
    assert size.servers == half_up(12 + people / 1200)
    assert size.applications == min(250, half_up(45 + people / 500))
    assert size.switches(size.sites) == half_up(1.8 * size.sites + 4)
    assert size.access_points(9) == half_up(size.headcount / 8) + 36


def test_every_file_of_a_municipality_has_what_the_formulas_say(leiestreek: Files) -> None:
    for name, text in towns_of(leiestreek).items():
        town = public.municipalities()[str(text["municipality"])]
        size = starter.sizes(town.population)
        devices = Counter(row["profile"] for row in rows_of(leiestreek, f"devices/{name[15:-5]}.csv"))
        public_buildings = sum(
            site_kinds()[site["kind"]].public and site["kind"] != "square" for site in text["sites"].values()
        )
        assert len(text["sites"]) == size.sites
        assert sum(server.get("count", 1) for server in text["cloud"]["servers"].values()) == size.servers
        assert devices["laptop-standard"] == size.laptops
        assert sum(devices[p] for p in ("laptop-standard", "desktop-standard", "thin-client", "kiosk")) == size.pcs
        assert (devices["smartphone"], devices["tablet"]) == (size.phones, size.tablets)
        assert devices["switch-24"] == size.switches(size.sites)
        assert devices["access-point"] == size.access_points(public_buildings)


def test_the_cycle_of_site_kinds_fills_the_largest_municipality() -> None:
    assert len(places.FIRST) + len(places.THEN) == 60
    assert {*places.FIRST, *places.THEN} == set(site_kinds()) - {"datacentre"}


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, (1, 1), (5, 5)),
        (10, (1, 1, 1), (4, 3, 3)),
        (3, (0, 0), (3, 0)),
        (0, (5, 2), (0, 0)),
        (7, (3, 0, 4), (3, 0, 4)),
    ],
)
def test_a_total_is_shared_whole(total: int, weights: tuple[int, ...], parts: tuple[int, ...]) -> None:
    assert shared(total, weights) == parts


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_sites(kust: Files) -> None:
    assert made() == kust
    other = made(seed=1)
    assert set(other) == set(kust)
    assert all(other[name] != kust[name] for name in kust if name.startswith("municipalities/"))


def test_dice_never_change() -> None:
    dice = Dice(0, "a")
    assert [dice.whole(0, 999), dice.one_of("abcdef"), round(dice.between(0, 10), 6)] == [863, "a", 4.523897]
    assert Dice(0, "b").whole(0, 999) == 539


def test_a_municipality_has_the_same_files_whatever_else_is_chosen(kust: Files) -> None:
    codes = public.regions()["REFREG09"].nis
    for chosen in (codes[:1], codes[2:5], tuple(reversed(codes)), (*codes, "34022")):
        fewer = starter.new_estate(starter.select(nis=chosen))
        own = [name for name in fewer if "/" in name and "34022" not in name]
        assert len(own) == 2 * len(set(chosen) - {"34022"})
        assert all(fewer[name] == kust[name] for name in own)


def test_every_file_names_its_schema_and_says_what_is_real_and_what_is_invented(kust: Files) -> None:
    for name, data in kust.items():
        if not name.endswith(".yaml"):
            continue
        first, *rest = data.decode().splitlines()
        schema = "../estate.schema.json" if "/" in name else "estate.schema.json"
        assert first == f"# yaml-language-server: $schema={schema}"
        comment = "\n".join(line for line in rest[:8] if line.startswith("#"))
        assert "Real: " in comment
        assert "Invented: " in comment
    assert "estate.schema.json" in kust


def test_every_serial_number_says_that_it_is_invented(kust: Files) -> None:
    serials = [row["serial"] for name in kust if name.startswith("devices/") for row in rows_of(kust, name)]
    assert len(serials) == len(set(serials))
    assert all(serial.startswith("INV-") for serial in serials)


def test_no_invented_number_of_a_body_is_in_a_file_of_a_municipality(kust: Files) -> None:
    assert all(b"kbo" not in data for name, data in kust.items() if name.startswith("municipalities/"))


def test_every_computer_that_playbooks_configure_has_its_own_invented_mac_address(leiestreek: Files) -> None:
    rows = [row for name in leiestreek if name.startswith("devices/") for row in rows_of(leiestreek, name)]
    managed = ("laptop-standard", "desktop-standard", "thin-client", "kiosk", "server-rack")
    called = ("printer-floor", "camera-dome", "gateway-lora")
    assert {row["profile"] for row in rows if row["mac"]} == {*managed, *called}
    macs = {row["serial"]: row["mac"] for row in rows if row["profile"] in (*managed, *called)}
    assert len(set(macs.values())) == len(macs)
    # Locally administered and of one device: no maker gave these out.
    assert {int(mac[:2], 16) & 3 for mac in macs.values()} == {2}
    assert macs["INV-34022-00009"] == "02:00:84:e6:00:09"
    for name, text in leiestreek.items():
        if name.startswith("municipalities/"):
            assert b"serial number and MAC address.\n" in text


def test_what_was_delivered_is_among_the_devices(kust: Files) -> None:
    for name, text in towns_of(kust).items():
        rows = {row["serial"]: row for row in rows_of(kust, f"devices/{name[15:-5]}.csv")}
        for delivery in text["deliveries"].values():
            for line in delivery["lines"]:
                assert len(line["serials"]) == line["quantity"]
                assert {rows[serial]["item"] for serial in line["serials"]} == {line["item"]}


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("REFREG01", "IGEAN Dienstverlening"),
        ("REFREG02", "IGEMO"),
        ("REFREG03", "IOK"),
        ("REFREG04", "Haviland"),
        ("REFREG05", "Interleuven"),
        ("REFREG06", "WVI"),
        ("REFREG07", "Dienstverlenende vereniging Westhoek"),
        ("REFREG08", "Leiedal"),
        ("REFREG09", "WVI"),
        ("REFREG10", "DVV Midwest"),
        ("REFREG11", "DDS"),
        ("REFREG12", "SOLVA"),
        ("REFREG13", "Veneco"),
        ("REFREG14", "Interwaas"),
        ("REFREG15", "s-Lim"),
    ],
)
def test_the_operator_of_a_region_is_the_serving_association_whose_members_fit_best(region: str, name: str) -> None:
    assert starter.operator(starter.select(region=region)).name == name


PEPINGEN, LAARNE, GENT = "23064", "42010", "44021"


@pytest.mark.parametrize(("nis", "name"), [(PEPINGEN, "Haviland"), (LAARNE, "Veneco"), (GENT, "Digipolis")])
def test_a_municipality_alone_has_the_operator_of_its_members_or_else_of_its_region(nis: str, name: str) -> None:
    assert starter.operator(starter.select(nis=[nis])).name == name


def test_every_municipality_alone_has_an_operator_that_may_run_ict() -> None:
    for nis in public.municipalities():
        found = starter.operator(starter.select(nis=[nis]))
        assert found.serves in ("ict", "services"), nis
        assert found.kbo
        assert Label(plain(found.name))


@pytest.mark.parametrize(
    ("nis", "why"), [(PEPINGEN, "whose members fit"), (LAARNE, "near by: none has these municipalities as members")]
)
def test_the_file_says_that_the_operator_is_an_assumption(nis: str, why: str) -> None:
    text = starter.new_estate(starter.select(nis=[nis]))["estate.yaml"].decode()
    comment = text.partition("\noperator:")[0].rpartition("\n\n")[2]
    assert "# An assumption, change it: no public source says who runs the ICT here." in comment
    assert why in comment


def test_every_profile_of_a_new_estate_has_a_name_in_english_and_in_dutch(kust: Files) -> None:
    profiles = content(kust, "contracts.yaml")["profiles"]
    assert set(profiles) == set(fleet.PROFILES)
    alike = {name for name, row in profiles.items() if row["label"] == row["label-nl"]}
    assert alike == {"smartphone", "tablet"}


def test_a_new_estate_has_an_invented_price_list_that_shares_costs_by_every_key(kust: Files) -> None:
    assert b"# Invented: every price, amount and sharing key. No offer or budget of anybody." in kust["prices.yaml"]
    prices = content(kust, "prices.yaml")["prices"]
    assert {cost["key"] for cost in prices["shared"].values()} == {"inhabitants", "usage", "fixed"}
    # 6 cents a month and 1.20 euro a year for each of the 160,633 inhabitants, rounded up.
    shared = prices["shared"]
    assert (shared["housing"]["amount"], shared["service-desk"]["amount"]) == (9650, 193_000)


def test_the_datacentres_of_zuid_west_vlaanderen_stand_in_kortrijk_and_waregem(leiestreek: Files) -> None:
    found = content(leiestreek, "estate.yaml")["datacentres"]
    assert (found["west"]["at"], found["east"]["at"]) == ("kortrijk/stadhuis", "waregem/stadhuis")


def test_sites_lie_within_their_municipality_and_never_on_one_another(leiestreek: Files) -> None:
    seen = Counter()
    for text in towns_of(leiestreek).values():
        town = public.municipalities()[str(text["municipality"])]
        for site in text["sites"].values():
            seen[tuple(site["at"])] += 1
            assert geo.distance((town.lat, town.lon), tuple(site["at"])) <= places.radius(town)
    assert set(seen.values()) == {1}


def two_ways_everywhere(edges: list[tuple[str, str]]) -> bool:
    """Whether the graph stays whole without any one of its edges."""
    nodes = {node for edge in edges for node in edge}
    return all(reached(edges[:i] + edges[i + 1 :], next(iter(nodes))) == nodes for i in range(len(edges)))


def reached(edges: list[tuple[str, str]], start: str) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        node = todo.pop()
        near = {b if a == node else a for a, b in edges if node in (a, b)} - found
        found |= near
        todo += near
    return found


def test_the_helper_sees_a_bridge() -> None:
    assert two_ways_everywhere([("a", "b"), ("b", "c"), ("c", "a")])
    assert not two_ways_everywhere([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])


def test_no_single_cut_parts_two_town_halls(leiestreek: Files) -> None:
    text = content(leiestreek, "fibre.yaml")
    spans, cables, ducts = (text["fibre"][name] for name in ("spans", "cables", "ducts"))
    halls = {site for link in text["backbone"].values() for site in link["between"]}
    assert len(halls) == 13
    assert two_ways_everywhere([tuple(link["between"]) for link in text["backbone"].values()])
    assert all(
        duct in ducts
        for link in text["backbone"].values()
        for span in link["over"]
        for duct in cables[spans[span]["cable"]]["ducts"]
    )


def test_no_duct_is_shorter_than_the_line_between_its_ends(leiestreek: Files) -> None:
    fibre = content(leiestreek, "fibre.yaml")["fibre"]
    sites = {
        f"{name[21:-5]}/{site}": tuple(row["at"])
        for name, text in towns_of(leiestreek).items()
        for site, row in text["sites"].items()
    }
    spots = {pop: sites[row["at"]] if "at" in row else tuple(row["place"]) for pop, row in fibre["pops"].items()}
    for duct in fibre["ducts"].values():
        ends = [spots[end] for end in duct["ends"]]
        bends = [ends[0], *(tuple(spot) for spot in duct.get("via", [])), ends[1]]
        assert duct["length"] >= geo.path_length(bends) >= geo.distance(*ends)
        assert duct["length"] < 80


def test_the_route_of_a_cable_is_a_fifth_to_two_fifths_longer_than_a_line(leiestreek: Files) -> None:
    fibre = content(leiestreek, "fibre.yaml")
    halls = {f"{name[21:-5]}": next(iter(text["sites"].values()))["at"] for name, text in towns_of(leiestreek).items()}
    for link in fibre["backbone"].values():
        a, b = (tuple(halls[site.partition("/")[0]]) for site in link["between"])
        length = sum(fibre["fibre"]["spans"][span]["length"] for span in link["over"])
        assert 1.2 <= length / geo.distance(a, b) <= 1.45


def test_a_hut_joins_the_two_ducts_of_a_long_route(leiestreek: Files) -> None:
    fibre = content(made("REFREG07"), "fibre.yaml")["fibre"]
    huts = [name for name in fibre["pops"] if name.startswith("hut-")]
    assert huts
    for hut in huts:
        assert sum(hut in duct["ends"] for duct in fibre["ducts"].values()) == 2
        assert len(fibre["cables"][hut.removeprefix("hut-")]["ducts"]) == 2


def test_town_halls_too_far_apart_for_own_fibre_are_joined_by_a_provider() -> None:
    files = dict(starter.new_estate(starter.select(nis=["38008", "73107"])))
    hops = content(files, "fibre.yaml")["backbone"]
    assert {link["kind"] for link in hops.values()} == {"provider-fibre"}
    # What rides there in clear is accepted for a while, link by link.
    waivers = content(files, "governance.yaml")["waivers"].values()
    assert {(waiver["rule"], waiver["target"]) for waiver in waivers} == {("W780", name) for name in hops}
    assert problems(files) == []


def test_a_round_trip_is_never_longer_than_the_order_it_was_given() -> None:
    spots = [(town.lat, town.lon) for town in list(public.municipalities().values())[:40]]
    tour = geo.ring(spots)
    assert sorted(tour) == list(range(40))
    assert geo.path_length([spots[i] for i in (*tour, tour[0])]) < geo.path_length([*spots, spots[0]])


def test_one_two_and_three_municipalities_make_an_estate_without_problems() -> None:
    for codes in (["34022"], ["34022", "34040"], ["34022", "34040", "34027"]):
        files = starter.new_estate(starter.select(nis=codes))
        assert problems(files) == []
        assert (b"waivers:" in files["governance.yaml"]) == (len(codes) == 1)


def problems(files: dict[str, bytes]) -> list[str]:
    read = {name: data for name, data in files.items() if not name.endswith(".json")}
    found = validate_files(SourceFiles(read), as_of=starter.REFERENCE_DAY).problems
    return [f"{problem.mark} {problem.code} {problem.message}" for problem in found]


def test_the_small_region_has_no_problems(kust: Files) -> None:
    assert problems(kust) == []


@pytest.mark.slow
@pytest.mark.parametrize("region", sorted(public.regions()))
def test_every_region_and_seed_makes_an_estate_without_problems(region: str) -> None:
    assert problems(made(region, seed=11)) == []


@pytest.mark.slow
def test_all_of_flanders_makes_an_estate_without_problems() -> None:
    files = dict(starter.new_estate(starter.select(all_flanders=True)))
    fibre = content(files, "fibre.yaml")
    places_seen = Counter(re.findall(rb"kind: [a-z-]+, at: (\[[0-9., ]+\])", b"".join(files.values())))
    assert sum(name.startswith("municipalities/") for name in files) == 285
    assert sum(places_seen.values()) == sum(starter.sizes(t.population).sites for t in public.municipalities().values())
    assert set(places_seen.values()) == {1}
    assert two_ways_everywhere([tuple(link["between"]) for link in fibre["backbone"].values()])
    assert max(span["length"] for span in fibre["fibre"]["spans"].values()) < 80
    assert problems(files) == []


def test_another_day_moves_every_date_with_it(kust: Files) -> None:
    later = starter.new_estate(starter.select(region="REFREG09"), today=date(2030, 6, 1))
    assert b"2030-" in later["municipalities/35013-oostende.yaml"]
    assert b"2026-" not in later["governance.yaml"] + later["services.yaml"]


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ({"region": "REFREG99"}, "no reference region", "REFREG08 Zuid-West-Vlaanderen"),
        ({"nis": ["34021"]}, "no Flemish municipality", "did you mean"),
        ({"nis": ["11007"]}, "11007 merged into Antwerpen in 2025", "use 11002"),
        ({"nis": []}, "no municipality was chosen", "34022"),
        ({}, "choose a region, NIS codes or all of Flanders", "one of the three"),
        ({"region": "REFREG08", "all_flanders": True}, "choose a region", "one of the three"),
    ],
)
def test_a_choice_that_cannot_be_made_is_told_with_the_way_out(wanted: dict, message: str, hint: str) -> None:
    with pytest.raises(UserError) as told:
        starter.select(**wanted)
    assert message in told.value.message
    assert hint in told.value.hint


def test_a_region_is_found_in_small_letters_too() -> None:
    assert starter.select(region="refreg08").name == "zuid-west-vlaanderen"


@pytest.mark.parametrize(
    ("nis", "title"),
    [
        (["34022"], "Kortrijk"),
        (["34040", "34022"], "Kortrijk en Waregem"),
        (["34040", "34022", "34009"], "Kortrijk en 2 andere"),
    ],
)
def test_an_estate_of_some_municipalities_is_called_after_them(nis: list[str], title: str) -> None:
    assert starter.select(nis=nis).title == title


@pytest.mark.parametrize(
    ("folder", "name"), [("kust", "kust"), ("Onze Kust (2026)", "onze-kust-2026"), ("---", "middenkust")]
)
def test_an_estate_is_named_after_its_folder(folder: str, name: str, tmp_path: Path) -> None:
    region = starter.select(region="REFREG09")
    chosen = starter.named_after(tmp_path / folder, region)
    text = content(starter.new_estate(chosen), "estate.yaml")
    assert (text["name"], text["label"], text["domain"]) == (name, "Middenkust", f"{name}.example")


def test_an_estate_is_written_to_a_new_folder_and_to_an_empty_one(kust: Files, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "deep" / "new"):
        starter.write_estate(kust, folder)
        written = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
        assert written == kust
        assert not list(folder.parent.rglob(".virgem-new-*"))


def test_what_is_there_is_never_written_over(kust: Files, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        starter.write_estate(kust, tmp_path)
    with pytest.raises(UserError, match="not a folder"):
        starter.write_estate(kust, tmp_path / "note.txt")
    assert [f.name for f in tmp_path.iterdir()] == ["note.txt"]


def test_made_once_more_it_is_left_as_it_is_also_when_planned_since(kust: Files, tmp_path: Path) -> None:
    folder = tmp_path / "kust"
    assert starter.write_estate(kust, folder)
    (folder / "estate.lock").write_text("planned since")
    before = {f: (f.stat().st_mtime_ns, f.stat().st_ino) for f in folder.rglob("*")}
    assert not starter.write_estate(kust, folder)
    assert {f: (f.stat().st_mtime_ns, f.stat().st_ino) for f in folder.rglob("*")} == before


def test_what_somebody_changed_since_is_never_made_anew(kust: Files, tmp_path: Path) -> None:
    starter.write_estate(kust, tmp_path)
    (tmp_path / "prices.yaml").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        starter.write_estate(kust, tmp_path)
    assert (tmp_path / "prices.yaml").read_text() == "mine"


def test_a_failing_disk_leaves_nothing_behind(kust: Files, tmp_path: Path) -> None:
    blocked = {**kust, "estate.yaml/impossible": b""}
    with pytest.raises(UserError, match="cannot write"):
        starter.write_estate(blocked, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_routes_are_measured_near_what_they_are_planned_with() -> None:
    spans = content(made("REFREG08"), "fibre.yaml")["fibre"]["spans"].values()
    measured = [span for span in spans if "measured" in span]
    assert 0 < len(measured) < len(spans)
    for span in measured:
        planned = 0.2 * span["length"] + 0.05 * span["splices"] + 0.5
        assert 0.85 * planned <= span["measured"] <= 1.05 * planned
    assert routes.REACH_KM * 1.4 < 80
