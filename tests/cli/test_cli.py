"""The command line: exit codes, one JSON document, refusals that name the way out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from virgem.modules import planning
from virgem.modules.cli.main import VERBS, _interrupt_again, main

ESTATE = """\
apiVersion: virgem/v1
name: first
operator: Leiedal
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  west: { at: kortrijk/stadhuis }
  east: { at: waregem/stadhuis }
"""
KORTRIJK = """\
municipality: 34022
sites:
  stadhuis: { kind: town-hall, at: [50.8279, 3.2645] }
  bib: { kind: library, at: [50.8262, 3.2660] }
cloud: { quota: large }
"""
WAREGEM = "municipality: 34040\nsites:\n  stadhuis: { kind: town-hall, at: [50.8890, 3.4276] }\n"
DEERLIJK = "municipality: 34009\nsites:\n  stadhuis: { kind: town-hall, at: [50.8534, 3.3542] }\n"
FILES = {
    "estate.yaml": ESTATE,
    "municipalities/34022-kortrijk.yaml": KORTRIJK,
    "municipalities/34040-waregem.yaml": WAREGEM,
    "municipalities/34009-deerlijk.yaml": DEERLIJK,
}


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"virgem {verb}" in capsys.readouterr().out


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


@pytest.mark.parametrize(
    "command", [["validate"], ["plan", "--dry-run"], ["plan", "--dry-run", "--diff", "markdown"]], ids=" ".join
)
def test_json_is_one_document_on_stdout(
    command: list[str], estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [] if command[0] == "validate" else ["-o", str(tmp_path / "out")]
    main(["--json", *command, str(estate), *more])
    document = json.loads(capsys.readouterr().out)
    assert document["apiVersion"] == "virgem/v1"
    assert document["kind"]


def test_a_global_flag_may_stand_after_the_verb(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(estate), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["apiVersion"] == "virgem/v1"


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


REFUSALS = [
    (["plan", "nowhere"], "nowhere"),
    (["validate", "nowhere"], "nowhere"),
    (["plan", "{estate}", "--municipality", "99999"], "99999"),
    (["validate", "{estate}", "--as-of", "tomorrow"], "YYYY-MM-DD"),
    (["init", "{estate}", "--region", "REFREG09"], "empty"),
    (["init", "{estate}-new", "--region", "REFREG99"], "REFREG99"),
    (["init", "{estate}-new", "--nis", "12345"], "12345"),
    (["cloud", "preview", "{estate}", "--tenant", "99999"], "99999"),
    (["report", "{estate}", "--format", "docx"], "docx"),
]


@pytest.mark.parametrize(("command", "named"), REFUSALS, ids=[" ".join(command) for command, _ in REFUSALS])
def test_a_refusal_names_what_is_wrong_and_is_no_traceback(
    command: list[str], named: str, estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main([word.replace("{estate}", str(estate)) for word in command]) == 1
    said = capsys.readouterr()
    assert named in said.err + said.out
    assert "Traceback" not in said.err
    assert "internal error" not in said.err


def test_the_results_of_another_estate_are_not_overwritten(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    main(["plan", str(estate), "-o", str(out)])
    before = tree(out)
    (estate / "estate.yaml").write_text(ESTATE.replace("name: first", "name: second"))
    (estate / "estate.lock").unlink()
    assert main(["plan", str(estate), "-o", str(out)]) == 1
    assert tree(out) == before


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"estate": 1}', b"\xff\xfe", b'{"estate":"first","objects":[]}']
)
def test_a_damaged_saved_plan_is_a_sentence(
    damage: bytes, estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/plan.json").write_bytes(damage)
    assert main(["plan", str(estate), "-o", str(tmp_path / "out")]) == 1
    assert "internal error" not in capsys.readouterr().err


def test_a_missing_verb_of_the_shell_keeps_pipes_quiet(estate: Path) -> None:
    command = f"{sys.executable} -m virgem.modules.cli.main schema | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{"
    assert done.stderr == ""


@pytest.mark.slow
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "kust"
    assert main(["init", str(folder), "--region", "REFREG09"]) == 0
    whole = tmp_path / "whole"
    command = [sys.executable, "-m", "virgem.modules.cli.main", "plan", str(folder), "-o"]
    subprocess.run([*command, str(whole)], check=False, capture_output=True)
    (folder / "estate.lock").unlink()
    cut = tmp_path / "cut"
    for wait in (0.3, 0.8, 1.3, 1.8, 2.3, 2.8):
        running = subprocess.Popen([*command, str(cut)], stderr=subprocess.PIPE, text=True, env={**os.environ})
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        assert running.returncode in (0, 2, 130, -signal.SIGINT)
        assert "Traceback" not in said or running.returncode == -signal.SIGINT
        for name in set(tree(cut)) & set(tree(whole)) - {".virgem-holder", ".virgem-files.json"}:
            assert (cut / name).read_bytes() == (whole / name).read_bytes()
    subprocess.run([*command, str(cut)], check=False, capture_output=True)
    left = {name: data for name, data in tree(cut).items() if not name.startswith(".virgem")}
    assert left == {name: data for name, data in tree(whole).items() if not name.startswith(".virgem")}


def _die_interrupted() -> None:
    class Interrupted:
        def __del__(self) -> None:
            raise KeyboardInterrupt

    assert Interrupted()


def test_an_interrupt_in_a_finaliser_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", _interrupt_again)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        _die_interrupted()
        time.sleep(10)
    assert capfd.readouterr().err == ""


def test_a_wrong_flag_is_an_error_and_no_change(estate: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", str(estate), "--confirm", "x"])
    assert ended.value.code == 1


def test_a_failure_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "plan", "nowhere"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "Error"
    assert "nowhere" in document["message"]


def test_results_do_not_go_among_the_files_of_an_estate(estate: Path) -> None:
    before = tree(estate)
    assert main(["plan", str(estate), "-o", str(estate)]) == 1
    assert tree(estate) == before


def test_a_pipe_is_written_into_and_never_replaced(estate: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert main(["validate", str(estate), "-o", str(pipe)]) == 0
    assert os.read(reader, 100) == b"no problems\n"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_full_or_closed_output_is_no_internal_error(estate: Path) -> None:
    command = f"{sys.executable} -m virgem.modules.cli.main validate {estate}"
    full = subprocess.run(["sh", "-c", f"{command} > /dev/full"], capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "internal error" not in full.stderr
    closed = subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, text=True, check=False)
    assert closed.returncode == 0
    assert closed.stderr == ""
