"""The report as files: which there are, that they say the same, and that nothing but estate and day decides them."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path

import pytest
from regions import KORTRIJK, WAREGEM
from reports.reporting import DAY, ready, region, report

from virgem.modules import reports
from virgem.modules.devices.inventory import inventory
from virgem.modules.problem import UserError
from virgem.modules.reports.table import tables


def rows_of(name: str, **options: object) -> list[dict[str, str]]:
    text = report(**options)[f"csv/{name}.csv"].decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_a_report_has_a_page_per_language_a_json_document_and_a_csv_file_per_table() -> None:
    expected = {"inventory.nl.html", "inventory.en.html", "inventory.json", *(f"csv/{name}.csv" for name in tables())}
    assert set(report()) == expected


@pytest.mark.parametrize(
    ("formats", "languages", "expected"),
    [
        (("html",), ("nl",), ["inventory.nl.html"]),
        (("html",), ("en", "nl"), ["inventory.en.html", "inventory.nl.html"]),
        (("json",), ("en",), ["inventory.json"]),
    ],
)
def test_only_what_is_asked_for_is_made(formats: tuple[str], languages: tuple[str], expected: list[str]) -> None:
    assert list(report(formats=formats, languages=languages)) == expected


def test_a_page_alone_names_no_file_that_is_not_there() -> None:
    page = report(formats=("html",), languages=("nl",))["inventory.nl.html"].decode()
    assert 'href="csv/' not in page
    assert "inventory.en.html" not in page
    everything = report()["inventory.nl.html"].decode()
    assert 'href="csv/devices.csv"' in everything
    assert 'href="inventory.en.html"' in everything


def test_the_same_estate_gives_the_same_bytes_whatever_the_order_of_its_text() -> None:
    files = region()
    main = json.loads(files["estate.yaml"])
    turned = dict(reversed(main.items()))
    again = reports.inventory_report(ready(region()), as_of=DAY)
    assert again == report()
    other = reports.inventory_report(ready(files | {"estate.yaml": json.dumps(turned, indent=1).encode()}), as_of=DAY)
    assert {n: b for n, b in other.items() if n.endswith(".csv")} == {
        n: b for n, b in again.items() if n.endswith(".csv")
    }


def test_csv_and_json_hold_the_same_facts() -> None:
    document = json.loads(report()["inventory.json"])
    assert {name: rows_of(name) for name in tables()} == document["tables"]


def test_the_json_document_says_what_it_is_about() -> None:
    document = json.loads(report()["inventory.json"])
    assert (document["kind"], document["estate"], document["asOf"]) == ("InventoryReport", "test", "2026-06-30")
    assert document["estateDigest"] == f"sha256:{ready(region()).sources.digest}"
    assert "no pass" in document["evidence"]


def test_every_row_of_every_table_has_a_cell_for_every_column() -> None:
    document = json.loads(report()["inventory.json"])
    for table in tables().values():
        assert all(list(row) == [column.id for column in table.columns] for row in document["tables"][table.id])
    filled = {name for name, rows in document["tables"].items() if rows}
    assert filled == set(tables()) - {"problems", "datasets"}


def test_support_that_is_not_known_is_never_said_to_be_there() -> None:
    assert [row["supported"] for row in rows_of("devices")][:3] == ["no", "unknown", "yes"]


def test_a_contract_runs_from_its_first_to_its_last_day() -> None:
    assert {row["contract"]: row["running"] for row in rows_of("contracts")} == {"old": "no", "work": "yes"}


def test_a_report_on_one_municipality_leaves_the_others_out() -> None:
    assert {row["nis"] for row in rows_of("sites", tenants=(WAREGEM,))} == {WAREGEM}
    assert rows_of("devices", tenants=(WAREGEM,)) == []
    assert {row["nis"] for row in rows_of("devices", tenants=(KORTRIJK,))} == {KORTRIJK}


def test_a_report_on_one_municipality_has_the_flows_that_concern_it() -> None:
    every = {row["id"]: (row["from"], row["to"]) for row in rows_of("flows")}
    kept = {row["id"] for row in rows_of("flows", tenants=(WAREGEM,))}
    assert 0 < len(kept) < len(every)
    assert not [id_ for id_ in kept if any("kortrijk" in side for side in every[id_])]
    of_any = {id_ for id_, sides in every.items() if any(" *:" in side for side in sides if "upstream" not in side)}
    assert of_any
    assert of_any <= kept


def test_another_day_gives_another_report() -> None:
    later = reports.inventory_report(ready(region()), as_of=datetime.date(2032, 1, 1))
    assert b"2032-01-01" in later["inventory.nl.html"]
    assert '"supported": "yes"' not in later["inventory.json"].decode()


def test_a_cell_that_a_spreadsheet_would_run_is_quoted() -> None:
    from virgem.modules.reports.data_files import csv_files

    rows = {name: (("=1+1", *[""] * (len(table.columns) - 1)),) for name, table in tables().items()}
    assert all(text.splitlines()[1].startswith("'=1+1") for text in csv_files(rows).values())


def test_a_second_write_touches_nothing_and_a_smaller_one_removes_what_it_made(tmp_path: Path) -> None:
    assert reports.write(tmp_path, report()).touched == len(report())
    assert reports.write(tmp_path, report()).touched == 0
    reports.write(tmp_path, report(formats=("json",)))
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["inventory.json"]


def test_today_is_that_of_source_date_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert reports.today() == datetime.date(2026, 1, 1)


@pytest.mark.parametrize("text", ["yesterday", "9" * 30])
def test_a_source_date_epoch_that_is_no_time_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UserError, match="no time"):
        reports.today()


def test_the_owner_of_an_entity_owns_its_sites_zones_and_devices_everywhere() -> None:
    """In the report's tables and in the variables of the hosts."""
    files = region()
    name = next(name for name in files if name.startswith("municipalities/34022"))
    town = json.loads(files[name])
    town["entities"] = {"library": {"owner": "facility-manager"}}
    made = ready(files | {name: json.dumps(town).encode()})
    told = reports.inventory_report(made, as_of=DAY)
    for table in ("sites", "zones", "devices"):
        rows = csv.DictReader(io.StringIO(told[f"csv/{table}.csv"].decode()))
        owners = {(row["site"].endswith("/bib"), row["owner"]) for row in rows if row["nis"] == "34022"}
        assert owners == {(True, "facility-manager"), (False, "ict-manager")}, table
    hosts = inventory(made.estate, made.plan).hosts
    owned = {h.variables["virgem_owner"] for h in hosts if h.variables.get("virgem_site") == "kortrijk/bib"}
    assert owned == {"facility-manager"}
