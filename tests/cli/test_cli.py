"""The command line: exit codes, one JSON document, refusals that name the way out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import need_root

from virgem.modules import planning
from virgem.modules.cli.entry import interrupt_again
from virgem.modules.cli.main import VERBS, main

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


@pytest.mark.parametrize(("stand", "shown"), [(".", "estate/municipalities/"), ("estate", "municipalities/")])
@pytest.mark.parametrize("verb", [["validate"], ["validate", "--format", "github"], ["plan"]], ids=" ".join)
def test_a_place_is_told_as_seen_from_the_current_folder(
    verb: list[str], stand: str, shown: str, estate: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (estate / "municipalities/34022-kortrijk.yaml").write_text(KORTRIJK.replace("large", "dorp"))
    monkeypatch.chdir(estate.parent / stand)
    assert main([*verb, str(estate)]) == 1
    said = capsys.readouterr()
    assert (said.out + said.err).removeprefix("::error file=").startswith(f"{shown}34022-kortrijk.yaml")


def test_an_estate_elsewhere_has_its_own_paths(
    estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "municipalities/34022-kortrijk.yaml").write_text(KORTRIJK.replace("large", "dorp"))
    monkeypatch.chdir(estate / "municipalities")
    assert main(["validate", "..", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["items"][0]["file"] == "municipalities/34022-kortrijk.yaml"


def test_a_global_flag_may_stand_after_the_verb(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(estate), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["apiVersion"] == "virgem/v1"


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


def test_the_next_commands_that_init_names_can_be_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "n 1", "--nis", "34040"]) == 0
    assert "virgem validate 'n 1' && virgem plan 'n 1'" in capsys.readouterr().out


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
    command = f"{sys.executable} -m virgem.modules.cli.entry schema | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{"
    assert done.stderr == ""


@pytest.mark.slow
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "kust"
    assert main(["init", str(folder), "--region", "REFREG09"]) == 0
    whole = tmp_path / "whole"
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "plan", str(folder), "-o"]
    subprocess.run([*command, str(whole)], check=False, capture_output=True)
    (folder / "estate.lock").unlink()
    cut = tmp_path / "cut"
    for wait in (0.3, 0.8, 1.3, 1.8, 2.3, 2.8):
        running = subprocess.Popen([*command, str(cut)], stderr=subprocess.PIPE, text=True, env={**os.environ})
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        # The interpreter itself, before it comes to any of our code, dies of the signal.
        assert running.returncode in (0, 2, 130, -signal.SIGINT)
        assert "Traceback" not in said or "virgem" not in said
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
    monkeypatch.setattr(sys, "unraisablehook", interrupt_again)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        _die_interrupted()
        time.sleep(10)
    assert capfd.readouterr().err == ""


INTERRUPTING = """
import importlib.abc, os, signal, sys

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

# Whoever runs the tests may ignore interrupts, which a process inherits.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["virgem", "plan", {estate!r}, "-o", {out!r}]
from virgem.modules.cli.entry import run
run()
"""


@pytest.mark.parametrize(
    "module",
    [
        "virgem.modules.cli.main",
        "argparse",
        "virgem.modules.problem",
        "virgem.modules.cli.plan",
        "yaml",
        "virgem.network.plan",
    ],
)
def test_an_interrupt_while_modules_load_is_told_like_any_other(module: str, estate: Path, tmp_path: Path) -> None:
    code = INTERRUPTING.format(module=module, estate=str(estate), out=str(tmp_path / "out"))
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr == "interrupted: nothing is half-written; run the command again to finish\n"


MISTAKEN = [
    (["plan", "e", "--confirm", "x"], "--confirm"),
    (["plan", "e", "--no-such-flag"], "--no-such-flag"),
    (["cloud", "previeuw", "e"], "previeuw"),
    (["plam", "e"], "did you mean plan?"),
    (["bake"], "known: demo"),
    ([], "no command was given"),
]


@pytest.mark.parametrize(("command", "named"), MISTAKEN, ids=[" ".join(c) or "bare" for c, _ in MISTAKEN])
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_command_that_is_not_understood_is_an_error_and_no_change(
    command: list[str], named: str, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, *(["--json"] if as_json else [])]) == 1
    said = capsys.readouterr()
    assert named in said.err
    if as_json:
        document = json.loads(said.out)
        assert document["kind"] == "Error"
        assert named in document["message"] + document["hint"]
    else:
        assert said.out == ""


def test_without_a_command_all_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    said = capsys.readouterr().err
    assert all(f"\n    {verb} " in said for verb in VERBS)
    assert "Exit codes" in said


def test_a_failure_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "plan", "nowhere"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "Error"
    assert "nowhere" in document["message"]


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """A small disk of its own at a folder."""
    need_root()
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_nothing_is_written_where_the_lock_cannot_be(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with disk(tmp_path / "small", "1m") as small:
        shutil.copytree(estate, small / "e")
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        assert main(["plan", str(small / "e"), "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "estate.lock: read-only" in said
    assert "nothing was written" in said
    assert " -o" not in said.split("hint:")[1]
    assert not (tmp_path / "out").exists()


def test_a_full_disk_of_results_is_told_with_what_was_written_and_moves_nothing(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with disk(tmp_path / "small", "64k") as small:
        assert main(["plan", str(estate), "-o", str(small)]) == 1
        said = capsys.readouterr().err
        assert "no space left" in said
        assert "no file there was changed" in said
        assert "estate.lock was written before" in said
        assert not (small / "network").exists()
    lock = (estate / "estate.lock").read_bytes()
    assert main(["plan", str(estate), "-o", str(tmp_path / "out")]) == 2
    assert (estate / "estate.lock").read_bytes() == lock


def test_a_lock_that_is_a_link_is_refused_and_not_replaced(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["plan", str(estate), "-o", str(tmp_path / "out")]
    main(command)
    (estate / "estate.lock").rename(tmp_path / "kept")
    (estate / "estate.lock").symlink_to(tmp_path / "kept")
    before = tree(tmp_path)
    assert main(command) == 1
    assert main(["validate", str(estate)]) == 1
    assert "E101 estate.lock is a link" in capsys.readouterr().out
    assert tree(tmp_path) == before
    assert (estate / "estate.lock").is_symlink()


AMONG = [
    *(["plan", "e", "-o", folder] for folder in ("e", "e/municipalities", "e/devices", "e/municipalities/new/one")),
    *(["report", "e", "-o", folder] for folder in ("e", "e/municipalities")),
    *(["validate", "e", "-o", file] for file in ("e/estate.yaml", "e/estate.lock", "e/new.yaml", "e/devices/new.csv")),
    *(["schema", "-o", file] for file in ("e/services.yaml", "e/municipalities/34022-kortrijk.yaml", "l/estate.yaml")),
]


@pytest.mark.parametrize("command", AMONG, ids=" ".join)
def test_results_do_not_go_among_the_files_of_an_estate(
    command: list[str], estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(estate.parent)
    estate.rename("e")
    Path("l").symlink_to("e")
    before = tree(Path())
    assert main(command) == 1
    assert "of an estate" in capsys.readouterr().err
    assert tree(Path()) == before


@pytest.mark.parametrize(
    "command", [["schema", "-o", "e/estate.schema.json"], ["validate", "e", "-o", "e/found.sarif"]]
)
def test_what_an_estate_does_not_read_may_stand_beside_it(
    command: list[str], estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(estate.parent)
    estate.rename("e")
    assert main(command) == 0
    assert Path(command[-1]).is_file()
    assert main(["validate", "e"]) == 0


def test_a_pipe_is_written_into_and_never_replaced(estate: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert main(["validate", str(estate), "-o", str(pipe)]) == 0
    assert os.read(reader, 100) == b"no problems\n"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_full_or_closed_output_is_no_internal_error(estate: Path) -> None:
    command = f"{sys.executable} -m virgem.modules.cli.entry validate {estate}"
    full = subprocess.run(["sh", "-c", f"{command} > /dev/full"], capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "internal error" not in full.stderr
    closed = subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, text=True, check=False)
    assert closed.returncode == 0
    assert closed.stderr == ""
