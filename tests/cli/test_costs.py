"""virgem costs: what it prints, what it saves and compares with, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from virgem.modules.cli.main import main

from .estates import KORTRIJK, tree

PRICES = """\
prices:
  core: 4.50
  ram: 1.80
  volume: 0.06
  shared: { helpdesk: { amount: 100, key: fixed } }
"""
TOWN = "municipalities/34022-kortrijk.yaml"


@pytest.fixture
def priced(estate: Path) -> Path:
    (estate / "prices.yaml").write_text(PRICES)
    return estate


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def add_server(estate: Path) -> None:
    share = "cloud: { quota: large, servers: { app: { flavor: medium } } }"
    (estate / TOWN).write_text(KORTRIJK.replace("cloud: { quota: large }", share))


def test_costs_are_shown_for_every_municipality(priced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(priced)]) == 0
    text = capsys.readouterr().out
    for town in ("34009 Deerlijk", "34022 Kortrijk", "34040 Waregem"):
        assert f"{town}\n" in text
    assert "euro a month, without VAT" in text


def test_json_is_the_same_by_either_option(priced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(priced), "--format", "json"]) == 0
    found = said(capsys)
    assert (found["apiVersion"], found["kind"], found["vat"]) == ("virgem/v1", "Costs", "excluded")
    assert main(["costs", str(priced), "--json"]) == 0
    assert said(capsys) == found
    assert main(["costs", str(priced), "--json", "--format", "csv"]) == 0
    assert said(capsys) == found


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_only_the_tenants_asked_for_are_shown(form: str, priced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(priced), "--tenant", "34040", "--format", form]) == 0
    text = capsys.readouterr().out
    assert "Waregem" in text
    assert "Kortrijk" not in text
    # Its part stays that of three.
    assert "33.33" in text


def test_a_tenant_that_is_not_there_is_told(priced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(priced), "--tenant", "11002"]) == 1
    assert "no municipality with NIS code 11002" in capsys.readouterr().err


def test_an_estate_without_prices_has_no_costs(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(estate)
    assert main(["costs", str(estate), "--changes", "--save-plan", "-o", str(estate.parent / "out")]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "first has no price list, so nothing has a cost: write `prices:`" in told.err
    assert tree(estate) == before
    assert not (estate.parent / "out").exists()
    assert main(["costs", str(estate), "--json"]) == 3
    assert said(capsys)["tenants"] == []


def test_an_estate_with_a_mistake_in_its_prices_is_refused(priced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (priced / "prices.yaml").write_text(PRICES.replace("4.50", "-4.50"))
    assert main(["costs", str(priced)]) == 1
    assert "E221 '-4.50' is not a price in euro" in capsys.readouterr().err


def test_changes_are_counted_from_the_costs_saved_last(
    priced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["costs", str(priced), "-o", str(tmp_path / "out")]
    assert main([*command, "--changes"]) == 2
    assert "no costs were saved" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*command, "--save-plan"]) == 0
    assert list(tree(tmp_path / "out")) == ["costs/plan.json"]
    assert main([*command, "--changes"]) == 0
    add_server(priced)
    capsys.readouterr()
    assert main([*command, "--changes", "--format", "json"]) == 2
    found = said(capsys)
    assert found["kind"] == "CostChanges"
    [kortrijk] = [tenant for tenant in found["tenants"] if tenant["nis"] == "34022"]
    # 4 cores of 4.50 and 8 GiB of 1.80; all else stays.
    assert (kortrijk["difference"], found["difference"]) == ("32.40", "32.40")
    assert [(line["what"], line["old"], line["difference"]) for line in kortrijk["lines"]] == [
        ("server", None, "32.40")
    ]


def test_changes_may_be_saved_with_the_same_run(priced: Path, tmp_path: Path) -> None:
    command = ["costs", str(priced), "-o", str(tmp_path / "out"), "--changes"]
    assert main([*command, "--save-plan"]) == 2
    assert main([*command, "--save-plan"]) == 0


def test_only_the_tenants_asked_for_decide_the_exit_code_and_all_are_saved(priced: Path, tmp_path: Path) -> None:
    command = ["costs", str(priced), "-o", str(tmp_path / "out")]
    main([*command, "--save-plan"])
    add_server(priced)
    assert main([*command, "--changes", "--tenant", "34040"]) == 0
    assert main([*command, "--changes", "--tenant", "34022"]) == 2
    assert main([*command, "--tenant", "34040", "--save-plan"]) == 0
    assert main([*command, "--changes"]) == 0


def test_changes_since_a_document_that_was_written_before(
    priced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["costs", str(priced), "--format", "json"])
    before = tmp_path / "before.json"
    before.write_text(capsys.readouterr().out)
    assert main(["costs", str(priced), "--since", str(before)]) == 0
    assert "no line differs" in capsys.readouterr().out
    add_server(priced)
    assert main(["costs", str(priced), "--since", str(before), "--format", "markdown"]) == 2
    assert "| 34022 Kortrijk |" in capsys.readouterr().out
    assert main(["costs", str(priced), "--since", str(tmp_path / "none.json")]) == 1
    assert "there is no file" in capsys.readouterr().err


def test_saved_costs_of_another_estate_are_refused(
    priced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["costs", str(priced), "-o", str(tmp_path / "out")]
    main([*command, "--save-plan"])
    main_file = priced / "estate.yaml"
    main_file.write_text(main_file.read_text().replace("name: first", "name: second"))
    assert main([*command, "--changes"]) == 1
    assert "holds the costs of the estate 'first', not of 'second'" in capsys.readouterr().err


def test_costs_are_not_saved_among_the_files_of_an_estate(priced: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(priced), "-o", str(priced), "--save-plan"]) == 1
    assert "results do not go among its files" in capsys.readouterr().err
