"""Where results go: never among an estate's files, never half-way, and what stands in the way is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import need_root

from virgem.modules.cli.main import main

from .estates import ESTATE, tree


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
    command = f"{sys.executable} -m virgem.modules.cli.entry schema | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{"
    assert done.stderr == ""


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
