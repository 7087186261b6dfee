"""The report as files: which there are, that they say the same, and that nothing but estate and day decides them."""

from __future__ import annotations

import csv
import datetime
import io
import json
from dataclasses import fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from regions import KORTRIJK, WAREGEM
from reports.reporting import DAY, EMPTY, ready, region, report
from support import ROOT

from virgem.modules import planning, reports
from virgem.modules.devices.inventory import inventory
from virgem.modules.estate.model import Estate, QuotaClass
from virgem.modules.governance.judging import Verdict
from virgem.modules.governance.policies import policies
from virgem.modules.governance.policy import Finding
from virgem.modules.problem import Text
from virgem.modules.reports.table import tables
from virgem.network.management import management
from virgem.network.model import SHARED


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
    assert filled == set(tables()) - EMPTY


@cache
def example() -> dict[str, list[dict[str, str]]]:
    """The tables of the example estate, which sets every key that an estate can have."""
    made = planning.ready(planning.prepare(ROOT / "inventories" / "zuid-west-vlaanderen", DAY))
    files = reports.inventory_report(made, as_of=DAY, formats=("json",), verdicts=verdicts(made.estate))
    tables_of: dict[str, list[dict[str, str]]] = json.loads(files["inventory.json"])["tables"]
    return tables_of


def verdicts(estate: Estate) -> tuple[Verdict, ...]:
    """Verdicts as policies give them: one broken, one waived, the others kept."""
    one = Finding(urn="urn:1", says=Text("bad", "slecht"), hint=Text("mend", "herstel"), target="kortrijk/gis-portaal")
    waiver = next(found for found in estate.waivers if found.rule == "apart")
    given: dict[str, dict[str, Any]] = {"apart": {"waived": ((one, waiver),)}, "residency": {"open": (one,)}}
    return tuple(Verdict(policy=policy, **given.get(policy.id, {})) for policy in policies().values())


def test_a_report_says_what_came_of_each_policy_and_who_accepts_what() -> None:
    rows = {row["policy"]: row for row in example()["policies"]}
    assert {name: row["verdict"] for name, row in rows.items()} == dict.fromkeys(policies(), "kept") | {
        "apart": "waived",
        "residency": "broken",
    }
    assert rows["apart"]["accepted"] == "kortrijk/gis-portaal (ict-kortrijk, 2027-06-30)"
    assert (rows["residency"]["open"], rows["residency"]["about"]) == ("1", "kortrijk/gis-portaal")


def test_what_was_not_evaluated_is_no_pass() -> None:
    document = json.loads(report(formats=("json",))["inventory.json"])
    assert {row["verdict"] for row in document["tables"]["policies"]} == {"not-evaluated"}
    page = report()["inventory.nl.html"].decode()
    assert page.count("niet geëvalueerd") >= len(policies())
    assert "Gegevens blijven in de regio" in page


def test_the_example_fills_every_table_and_every_column() -> None:
    empty = {
        f"{name}.{column.id}"
        for name, table in tables().items()
        for column in table.columns
        if not any(row[column.id] for row in example()[name])
    }
    assert empty == set()


def test_a_registered_flow_says_who_answers_for_it_and_until_when() -> None:
    flows = {row["id"]: row for row in example()["flows"]}
    asked = ("responsible", "processor", "registration", "purpose_code", "common_name", "expires", "logs")
    assert any(all(row[name] for name in asked) for row in flows.values())
    assert not any(row[name] for row in flows.values() if row["origin"] == "default" for name in asked)


def test_every_limit_of_every_tenant_has_its_unit_and_the_shared_tenant_is_one_of_them() -> None:
    limits = example()["limits"]
    tenants = {row["nis"]: row for row in example()["tenants"]}
    assert "shared" in tenants
    assert {row["nis"] for row in limits} == set(tenants)
    for nis in tenants:
        assert sum(row["nis"] == nis for row in limits) >= 30
    units = {row["limit"]: row["unit"] for row in limits}
    assert (units["ram"], units["gigabytes"], units["cores"]) == ("MiB", "GiB", "")
    heads = {column.id for column in tables()["tenants"].columns}
    assert {"ram_gib_max", "storage_gib_max", "volumes_gib"} < heads
    for limit in fields(QuotaClass):
        name = {"ram_gb": "ram_gib", "storage_gb": "storage_gib"}.get(limit.name, limit.name)
        assert limit.name in ("origin", "id") or f"{name}_max" in heads


def test_a_zone_says_who_manages_its_devices_as_the_policy_has_it() -> None:
    made = planning.ready(planning.prepare(ROOT / "inventories" / "zuid-west-vlaanderen", DAY)).estate
    names = {SHARED: made.operator.name} | {town.id: town.title for town in made.municipalities}
    managed = {key: [names[who] for who in zone.managers] for key, zone in management(made).items()}
    rows = {f"{row['nis']}/{row['site'].partition('/')[2]}:{row['zone']}": row for row in example()["zones"]}
    told = {key: row["managed_by"].split(", ") for key, row in rows.items() if row["managed_by"]}
    assert told == managed
    assert rows["34022/stadhuis:management"]["managed_by"] == "Stad Kortrijk, Leiedal"
    assert {len(who) for who in told.values()} == {1, 2}
    assert any(not row["managed_by"] for row in rows.values())


def test_an_order_says_who_asked_who_approved_and_what_arrived() -> None:
    done = [row for row in example()["orders"] if row["status"] == "delivered"]
    assert done
    assert all(row["requested_by"] != row["approved_by"] != "" for row in done)
    assert any(row["arrived"] == row["quantity"] for row in done)
    known = {row["order"] for row in example()["orders"]}
    assert {row["order"] for row in example()["deliveries"]} <= known


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


def test_the_costs_of_each_municipality_add_up_to_its_total_and_the_parts_to_the_whole() -> None:
    rows = rows_of("costs")
    assert [row["nis"] for row in rows] == ["34022", "34023", "34040"]
    for row in rows:
        sums = [Decimal(text) for head, text in row.items() if head not in ("nis", "name", "total")]
        assert sum(sums) == Decimal(row["total"]) > 0
    assert sum(Decimal(row["shared"]) for row in rows) == 1000
    # Two small servers of two cores.
    assert {row["nis"]: row["servers"] for row in rows} == {"34022": "18.00", "34023": "0.00", "34040": "0.00"}


def test_the_costs_of_one_municipality_are_its_own_and_its_part_stays_that_of_all() -> None:
    [row] = rows_of("costs", tenants=(KORTRIJK,))
    assert row == rows_of("costs")[0]


def test_without_a_price_list_there_are_no_costs_rather_than_none_to_pay() -> None:
    files = region()
    main = json.loads(files["estate.yaml"])
    del main["prices"]
    bare = ready(files | {"estate.yaml": json.dumps(main).encode()})
    made = reports.inventory_report(bare, as_of=DAY, formats=("csv",))
    assert made["csv/costs.csv"].decode().count("\r\n") == 1


def test_both_pages_show_the_table_of_costs_in_their_language() -> None:
    assert "Kosten per maand" in report()["inventory.nl.html"].decode()
    assert "Costs for a month" in report()["inventory.en.html"].decode()
