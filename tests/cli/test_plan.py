"""virgem plan: exit codes, differences, what must be confirmed, the lock, and one municipality at a time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from virgem.modules import planning
from virgem.modules.cli.main import main
from virgem.modules.problem import UserError
from virgem.network.model import Side
from virgem.network.render.facts import facts

from .estates import DEERLIJK, ESTATE, KORTRIJK, WAREGEM, tree


def test_a_plan_tells_changes_by_its_exit_code_and_then_none(estate: Path, tmp_path: Path) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    assert main(command) == 2
    first = tree(tmp_path)
    assert main(command) == 0
    assert tree(tmp_path) == first


def test_a_dry_run_writes_nothing(estate: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    assert main(["plan", str(estate), "-o", str(tmp_path / "out"), "--dry-run", "--diff", "text"]) == 2
    assert tree(tmp_path) == before


def test_a_dry_run_and_a_run_agree_on_whether_there_are_changes(estate: Path, tmp_path: Path) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    assert main([*command, "--dry-run"]) == 0
    next((tmp_path / "out" / "network").rglob("nftables.conf")).write_text("changed by hand")
    assert main([*command, "--dry-run"]) == 2
    assert main(command) == 2
    assert main([*command, "--dry-run"]) == 0


def test_a_difference_as_json_says_what_it_is(estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", str(estate), "-o", str(tmp_path / "out"), "--dry-run", "--diff", "json"])
    document = json.loads(capsys.readouterr().out)
    assert (document["apiVersion"], document["kind"]) == ("virgem/v1", "PlanChanges")
    assert document["summary"]["create"] == len(document["changes"]) > 0


def test_a_difference_without_a_form_is_text(estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out"), "--dry-run", "--diff"]
    main(command)
    bare = capsys.readouterr().out
    main([*command, "text"])
    assert bare == capsys.readouterr().out
    assert "kortrijk" in bare.lower()


def test_a_difference_names_the_site_as_people_do(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    town = estate / "municipalities/34022-kortrijk.yaml"
    town.write_text("".join(line for line in KORTRIJK.splitlines(True) if "bib:" not in line))
    capsys.readouterr()
    assert main([*command, "--dry-run", "--diff", "text"]) == 2
    said = capsys.readouterr().out
    assert "- router kortrijk/bib\n" in said
    assert "- kortrijk/bib zone guests\n" in said


def test_a_dry_run_says_what_would_have_to_be_confirmed(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    (estate / "municipalities/34009-deerlijk.yaml").unlink()
    capsys.readouterr()
    assert main([*command, "--dry-run", "--diff", "markdown"]) == 2
    said = capsys.readouterr()
    assert "municipality, which is protected" in said.err
    assert "> **the plan deletes" in said.out
    assert "- delete municipality `deerlijk`" in said.out


def test_a_change_in_files_alone_is_told_where_the_changes_are_counted(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    next((tmp_path / "out" / "network").rglob("nftables.conf")).write_text("changed by hand")
    capsys.readouterr()
    assert main([*command, "--dry-run"]) == 2
    assert "0 added, 0 changed, 0 removed; 1 file to write." in capsys.readouterr().out
    assert main(command) == 2
    assert "0 added, 0 changed, 0 removed; other text in 1 file.\n" in capsys.readouterr().out
    assert main(command) == 0
    assert "0 removed.\n" in capsys.readouterr().out


def test_a_label_renamed_and_files_reordered_move_no_address(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    main(["plan", str(estate), "-o", str(out)])
    lock = (estate / "estate.lock").read_bytes()
    town = estate / "municipalities/34022-kortrijk.yaml"
    lines = KORTRIJK.replace("at: [50.8262, 3.2660]", "at: [50.8262, 3.2660], label: Bibliotheek").splitlines(True)
    # The library now stands before the town hall, in a file of another name.
    town.write_text("".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    town.rename(town.with_name("a-first.yaml"))
    assert main(["plan", str(estate), "-o", str(out)]) in (0, 2)
    assert (estate / "estate.lock").read_bytes() == lock


def test_a_municipality_that_goes_must_be_confirmed_by_the_count(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    (estate / "municipalities/34009-deerlijk.yaml").unlink()
    before = tree(tmp_path)
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "municipality, which is protected" in said
    assert tree(tmp_path) == before
    count = said.rsplit("--confirm ", 1)[1].split()[0]
    assert main([*command, "--confirm", str(int(count) + 1)]) == 1
    assert main([*command, "--confirm", count]) == 2


def test_a_lost_lock_renumbers_nothing_unconfirmed(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    # With a municipality before it gone, what is left would be numbered otherwise without the lock.
    (estate / "municipalities/34009-deerlijk.yaml").unlink()
    main([*command, "--confirm", "1000"])
    main([*command, "--confirm", capsys.readouterr().err.rsplit("--confirm ", 1)[1].split()[0]])
    (estate / "estate.lock").unlink()
    before = tree(tmp_path)
    capsys.readouterr()
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "estate.lock, which keeps those given, is missing" in said
    assert "take estate.lock back from version control" in said
    assert tree(tmp_path) == before
    assert main(["demo", *command[1:]]) == 1
    assert tree(tmp_path) == before
    count = said.rsplit("--confirm ", 1)[1].split()[0]
    assert main([*command, "--confirm", count]) == 2


def test_a_lost_lock_that_would_be_the_same_is_written_again(estate: Path, tmp_path: Path) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    before = tree(tmp_path)
    (estate / "estate.lock").unlink()
    main(command)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("verb", [["validate"], ["report"], ["cloud", "preview"]], ids=lambda verb: verb[0])
def test_every_verb_tells_a_lost_lock_where_the_estate_was_planned(
    verb: list[str], estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main([*verb, str(estate)])
    assert "estate.lock" not in capsys.readouterr().err
    main(["plan", str(estate)])
    (estate / "estate.lock").unlink()
    assert main([*verb, str(estate)]) in (0, 2)
    assert "estate.lock is missing" in capsys.readouterr().err


def test_only_the_municipalities_asked_for_are_rendered(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    main(["plan", str(estate), "-o", str(out), "--municipality", "34040"])
    assert sorted(path.name for path in (out / "network").iterdir()) == ["34040-waregem"]
    main(["plan", str(estate), "-o", str(out)])
    main(["plan", str(estate), "-o", str(out), "--municipality", "34040"])
    assert len(list((out / "network").iterdir())) == 4


def test_the_saved_plan_is_json_with_a_line_for_each_fact(estate: Path, tmp_path: Path) -> None:
    main(["plan", str(estate), "-o", str(tmp_path / "out")])
    text = (tmp_path / "out/plan.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert planning.plan_document("e", {"zone": {}, "link": {"a": {}}}) == (
        b'{\n "apiVersion": "virgem/v1",\n "estate": "e",\n "kind": "Plan",\n "objects": '
        b'{\n  "link": {\n   "a": {}\n  },\n  "zone": {}\n }\n}\n'
    )


def planned(command: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    main(["--json", *command])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_plan_of_one_municipality_keeps_the_changes_of_the_others_for_the_next_plan(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    waregem = estate / "municipalities/34040-waregem.yaml"
    waregem.write_text(WAREGEM + "  bib: { kind: library, at: [50.8880, 3.4280] }\n")
    kortrijk = planned([*command, "--municipality", "34022"], capsys)
    assert kortrijk["changes"] == []
    assert kortrijk["waiting"] > 0
    everything = planned([*command, "--diff", "text"], capsys)
    added = [change["key"] for change in everything["changes"] if change["action"] == "create"]
    assert "34040/bib" in added
    assert "34040/bib:library-staff" in added
    assert everything["files"] > 0
    assert everything["waiting"] == 0


def test_a_plan_of_one_municipality_counts_what_it_writes_and_only_once(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    for file, text in (("34040-waregem", WAREGEM), ("34009-deerlijk", DEERLIJK)):
        path = estate / f"municipalities/{file}.yaml"
        path.write_text(text + "  bib: { kind: library, at: [50.8880, 3.4280] }\n")
    first = planned([*command, "--municipality", "34040"], capsys)
    assert {change["key"].partition("/")[0] for change in first["changes"]} == {"34040"}
    assert planned([*command, "--municipality", "34040"], capsys)["changes"] == []
    rest = planned(command, capsys)
    assert rest["summary"]["create"] == first["waiting"]
    assert "34009/bib" in {change["key"] for change in rest["changes"]}


def test_a_link_between_municipalities_is_planned_when_both_have_been_written(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]

    def links(*towns: str) -> set[str]:
        found = planned([*command, "--municipality", *towns], capsys)
        return {change["key"] for change in found["changes"] if change["kind"] == "link"}

    assert not any("34040/" in key for key in links("34022"))
    assert any("34040/" in key and "34022/" in key for key in links("34022", "34040"))


def test_an_estate_that_got_another_name_keeps_its_numbers_when_the_old_one_is_told(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    before = (estate / "estate.lock").read_text().splitlines()
    (estate / "estate.yaml").write_text(ESTATE.replace("name: first", "name: second"))
    capsys.readouterr()
    assert main(command) == 1
    assert "virgem plan --renamed-from first" in capsys.readouterr().err
    assert main([*command, "--renamed-from", "third"]) == 1
    assert (estate / "estate.lock").read_text().splitlines() == before
    assert main([*command, "--renamed-from", "first", "--municipality", "34022"]) in (0, 2)
    after = (estate / "estate.lock").read_text().splitlines()
    numbers = [[line for line in lines if not line.startswith(("virgem-lock", "dns"))] for lines in (before, after)]
    assert after[0].startswith("virgem-lock 1 second ")
    assert numbers[0] == numbers[1]
    # From then on the old name is nothing to tell, and no harm.
    assert main(command) in (0, 2)
    assert main([*command, "--renamed-from", "first"]) == 0


def test_a_proof_says_what_was_read_back(estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(estate), "-o", str(tmp_path / "out"), "--prove", "--dry-run"]) == 2
    said = capsys.readouterr().out
    assert re.search(r"^Read back: \d+ firewalls? and the groups of \d+ servers? let pass exactly", said)


def test_a_proof_as_json_stands_in_the_document(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["plan", str(estate), "-o", str(tmp_path / "out"), "--prove", "--dry-run", "--json"])
    proof = json.loads(capsys.readouterr().out)["proof"]
    assert proof["firewalls"] > 0
    assert proof["idle"] == []


def test_a_firewall_that_is_not_the_matrix_is_refused_with_its_line_and_flow(estate: Path) -> None:
    ready = planning.ready(planning.prepare(estate))
    known = facts(ready.plan)
    flow = next(rule for rule in ready.plan.rules if rule.source.side is Side.ZONE and rule.target.side is Side.SERVICE)
    list(planning.render(ready.plan))
    known.text[("set", flow.target)] = known.text[("set", flow.target)].replace("/32", "/31")
    known.sets.clear()
    with pytest.raises(UserError, match=r"nftables\.conf:\d+: .*(lets it pass|overlap|mask)") as refused:
        planning.prove(ready)
    assert "this is a mistake in virgem" in refused.value.hint
