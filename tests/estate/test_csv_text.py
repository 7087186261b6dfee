"""Devices in bulk: rows become devices, and a wrong cell is told at its own column."""

from __future__ import annotations

import time

import pytest

from virgem.modules.estate.csv_text import cell_column
from virgem.modules.estate.loader import Loaded
from virgem.modules.estate.model.devices import DeviceState
from virgem.modules.problem import Mark

from .texts import all_said, good, loaded

OPERATOR = """\
profiles: { laptop: { kind: laptop } }
contracts:
  pc:
    authority: Leiedal
    supplier: Example
    start: 2026-01-01
    end: 2029-12-31
    ceiling: 100000
    items: { laptop-14: { profile: laptop, model: Example 14, price: 800 } }
"""
ORDER = "orders: { o1: { contract: pc, date: 2026-02-03, lines: { item: laptop-14, quantity: 9 } } }\n"


def devices(text: str | bytes) -> Loaded:
    return loaded(OPERATOR, ORDER, **{"devices__all.csv": text})


def test_a_row_becomes_a_device() -> None:
    text = (
        "serial,name,profile,site,zone,owner,ring,state,order,item,mac,bought,warranty-end\n"
        "A1,PC-1,laptop,34022/bib,voip,network-manager,canary,in-repair,kortrijk/o1,laptop-14,"
        "02-00-00-00-00-AF,2026-03-01,2029-03-01\n"
        "\n"
        "A2,,laptop,kortrijk/bib,,,,,,,,,\n"
    )
    first, second = good(devices(text)).devices
    assert (first.serial, first.name, first.site, first.zone) == ("A1", "pc-1", "kortrijk/bib", "voip")
    assert (first.state, first.order, first.item) == (DeviceState.IN_REPAIR, "kortrijk/o1", "pc/laptop-14")
    assert (first.mac, first.bought) == ("02:00:00:00:00:af", "2026-03-01")
    assert (second.name, second.zone, second.ring, second.state) == (None, None, None, DeviceState.IN_SERVICE)
    assert second.origin.mark == Mark("devices/all.csv", 4, 1)
    assert first.origin.at("profile") == Mark("devices/all.csv", 2, 9)
    assert first.origin.at("warranty_end") == first.origin.at("warranty-end") == Mark("devices/all.csv", 2, 115)


@pytest.mark.parametrize(
    "text",
    [
        "serial,profile,site\r\nA1,laptop,kortrijk/bib\r\n",
        "serial;profile;site\nA1;laptop;kortrijk/bib\n",
        '"serial","profile","site"\n"A1","laptop","kortrijk/bib"',
        "\ufeffserial,profile,site\nA1 , laptop,kortrijk/bib\n",
    ],
    ids=["windows", "semicolons", "quotes", "mark and blanks"],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    (device,) = good(devices(text)).devices
    assert (device.serial, device.profile, device.site) == ("A1", "laptop", "kortrijk/bib")


OUT = "take its rows out of this file, or give them the site where the devices are now"
HEAD = "serial,profile,site,zone,state,item,order,mac,name\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1 E140 the first row names no column | write a heading: serial, profile, site, ..."]),
        ("serial,profile\n", ["1:1 E140 the heading lacks site | the first row names the columns"]),
        ("serial,profile,site,serial\n", ["1:21 E141 the column 'serial' stands twice | remove one of them"]),
        ("serial,profile,site,stat\n", ["1:21 E142 unknown column 'stat' | did you mean state?"]),
        (
            HEAD + "A1,laptop\n",
            ["2:1 E143 the row has 2 cells, the heading has 9 columns | 7 cells are missing: an empty one keeps"],
        ),
        (
            HEAD + 'A1,"lap"top,kortrijk/bib\n',
            ["2:4 E144 the quotes of this row do not match | a quote inside is doubled"],
        ),
        (HEAD + ",laptop,kortrijk/bib,,,,,,\n", ["2:1 E202 the row has no serial | fill the cell in"]),
        (HEAD + "A 1,laptop,kortrijk/bib,,,,,,\n", ["2:1 E205 'A 1' is not a reference number"]),
        (
            HEAD + "A1,lapto,kortrijk/bib,,,,,,\n",
            ["2:4 E301 a device profile named 'lapto' does not exist | did you mean laptop?"],
        ),
        (
            HEAD + "A1,laptop,kortrijk/bieb,,,,,,\n",
            [f"2:11 E301 a site named 'kortrijk/bieb' does not exist | did you mean kortrijk/bib? else {OUT}"],
        ),
        (
            HEAD + "A1,laptop,kortrijk/bibberpad,,,,,,\n",
            [f"2:11 E301 a site named 'kortrijk/bibberpad' does not exist | {OUT}"],
        ),
        (
            HEAD + "A1,laptop,kortrijk/stadskantoor,,,,,,\n",
            [f"2:11 E301 a site named 'kortrijk/stadskantoor' does not exist | {OUT}"],
        ),
        (
            HEAD + "A1,laptop,bib,,,,,,\n",
            ["2:11 E309 'bib' does not say which municipality's | did you mean kortrijk/bib?"],
        ),
        (HEAD + "A1,laptop,kortrijk/bib,vip,,,,,\n", ["2:24 E310 kortrijk/bib has no zone 'vip' | did you mean voip?"]),
        (HEAD + "A1,laptop,kortrijk/bib,,servce,,,,\n", ["2:25 E207 'servce' is not one of ordered"]),
        (
            HEAD + "A1,laptop,kortrijk/bib,,,laptop-14,,,\n",
            ["2:26 E315 'laptop-14' does not say which contract's | did you mean pc/laptop-14?"],
        ),
        (
            HEAD + "A1,laptop,kortrijk/bib,,,pc/laptop-15,,,\n",
            ["2:26 E301 a catalogue item named 'pc/laptop-15' does not exist"],
        ),
        (
            HEAD + "A1,laptop,kortrijk/bib,,,,,,\nA1,laptop,kortrijk/bib,,,,,,\n",
            ["3:1 E305 serial 'A1' is also that of devices/all.csv, line 2 | correct one of the rows"],
        ),
        (
            HEAD + "A1,laptop,kortrijk/bib,,,,,02:00:00:00:00:01,pc\nA2,laptop,kortrijk/bib,,,,,02-00-00-00-00-01,PC\n",
            [
                "3:28 E313 mac '02:00:00:00:00:01' is also that of devices/all.csv, line 2 | correct one of the rows",
                "3:46 E314 name 'pc' is also that of devices/all.csv, line 2 | correct one of the rows",
            ],
        ),
        (
            HEAD + "".join(f"A{n},lapto,kortrijk/bib,,,,,,\n" for n in range(2000)),
            ["2:4 E301 a device profile named 'lapto' does not exist (and in 1,999 more rows)"],
        ),
    ],
)
def test_a_wrong_row_is_told_at_its_cell(text: str, expected: list[str]) -> None:
    said = all_said(devices(text))
    assert len(said) == len(expected)
    assert all(one.startswith(f"devices/all.csv:{part}") for one, part in zip(said, expected, strict=True))


def test_a_serial_is_unique_over_files() -> None:
    row = "serial,profile,site\nA1,laptop,kortrijk/bib\n"
    result = loaded(OPERATOR, "", **{"devices__a.csv": row, "devices__b.csv": row})
    (problem,) = result.problems
    assert (problem.code, problem.mark, problem.related) == (
        "E305",
        Mark("devices/b.csv", 2, 1),
        (Mark("devices/a.csv", 2, 1),),
    )


@pytest.mark.parametrize(
    ("line", "index", "expected"), [("a,b", 0, 1), ("a,b", 1, 3), ('"x,y",b', 1, 7), ("a", 3, 2), (",,c", 2, 3)]
)
def test_the_column_of_a_cell_minds_quotes(line: str, index: int, expected: int) -> None:
    assert cell_column(line, index) == expected


@pytest.mark.benchmark
def test_a_hundred_thousand_devices_cost_seconds() -> None:
    rows = "".join(
        f"SN{n:06},laptop,kortrijk/bib,,in-service,,,02:00:00:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x},pc{n}\n"
        for n in range(100_000)
    )
    started = time.process_time()
    assert len(good(devices(HEAD + rows)).devices) == 100_000
    assert time.process_time() - started < 10


def test_rows_of_empty_cells_as_spreadsheets_leave_them_are_no_devices() -> None:
    rows = "serial,profile,site\nA1,laptop,kortrijk/bib\n,,\n , ,\n,,,,,\n"
    assert [device.serial for device in good(devices(rows)).devices] == ["A1"]


def test_a_row_of_another_length_is_told_what_to_do() -> None:
    short, long = all_said(devices("serial,profile,site\nA1,laptop\nA2,laptop,kortrijk/bib,x\n"))
    assert short.endswith(
        "E143 the row has 2 cells, the heading has 3 columns | 1 cell is missing: an empty one keeps its ',' too"
    )
    assert long.endswith("| quote a cell that holds ',', or delete what is too much")


def test_a_cell_that_is_far_too_long_is_no_matter_of_quotes() -> None:
    (one,) = all_said(devices(f"serial,profile,site\nA1,{'x' * 200_000},kortrijk/bib\n"))
    assert "E144 a cell of this row holds more than 131,072 characters" in one


@pytest.mark.parametrize(
    ("heading", "row", "expected"),
    [
        (";", ",", "E143 the cells of the heading are separated by ';', those of the rows by ','"),
        (",", ";", "E143 the cells of the heading are separated by ',', those of the rows by ';'"),
        (",", "\t", "E143 the cells of the heading are separated by ',', those of the rows by tabs"),
        ("\t", "\t", "E140 the first row names no column: a tab is not a separator here | use , or ;"),
    ],
)
def test_another_separator_is_told_once_at_the_heading(heading: str, row: str, expected: str) -> None:
    rows = "".join(row.join((f"A{n}", "laptop", "kortrijk/bib")) + "\n" for n in range(1_500))
    (one,) = all_said(devices(heading.join(("serial", "profile", "site")) + "\n" + rows))
    assert one.startswith(f"devices/all.csv:1:1 {expected}")


def test_a_quote_that_is_not_closed_is_told_where_it_opens() -> None:
    (one,) = all_said(devices('serial;profile;site\nA1;"lap\ntop";"x\n'))
    assert one.startswith("devices/all.csv:3:6 E144")
