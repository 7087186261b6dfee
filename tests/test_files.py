"""Durable writes: old or new, never half; only what differs is touched; what is not ours stays."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import need_root

from virgem.modules.files import MANIFEST, locked, write_atomic, write_private, write_shares, write_tree
from virgem.modules.problem import UserError

TREE = {"a.txt": b"alpha\n", "sub/b.txt": b"beta\n", "sub/deep/c.txt": b"gamma\n"}


def contents(root: Path) -> dict[str, bytes]:
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix(): (root / path).read_bytes() for path in paths if not path.parts[0].startswith(".")}


def test_a_file_is_written_once_and_left_alone_when_nothing_changed(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    assert write_atomic(target, b"one")
    before = target.stat().st_mtime_ns
    assert not write_atomic(target, b"one")
    assert target.stat().st_mtime_ns == before
    assert write_atomic(target, b"two")
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_a_tree_becomes_exactly_what_is_asked(tmp_path: Path) -> None:
    first = write_tree(tmp_path, TREE)
    assert (first.created, first.changed, first.removed) == (tuple(sorted(TREE)), (), ())
    second = write_tree(tmp_path, {"a.txt": b"alpha\n", "sub/b.txt": b"BETA\n"})
    assert (second.created, second.changed, second.removed) == ((), ("sub/b.txt",), ("sub/deep/c.txt",))
    assert contents(tmp_path) == {"a.txt": b"alpha\n", "sub/b.txt": b"BETA\n"}
    assert not (tmp_path / "sub/deep").exists()


def test_a_second_write_of_the_same_tree_touches_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != ".virgem-holder"}
    assert write_tree(tmp_path, TREE).touched == 0
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != ".virgem-holder"}
    assert after == before


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    write_tree(tmp_path, TREE)
    write_tree(tmp_path, {})
    assert contents(tmp_path) == {"notes.txt": b"mine"}


def test_a_part_of_a_tree_can_be_written_without_losing_the_rest(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    written = write_tree(tmp_path, {"sub/b.txt": b"new\n"}, within=("sub/",))
    assert written.removed == ("sub/deep/c.txt",)
    assert contents(tmp_path) == {"a.txt": b"alpha\n", "sub/b.txt": b"new\n"}
    assert write_tree(tmp_path, {}).removed == ("a.txt", "sub/b.txt")


@pytest.mark.parametrize("name", ["../out", "/etc/x", "a/../../out", ""])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="outside"):
        write_tree(tmp_path / "root", {name: b"x"})
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root/sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="through the link"):
        write_tree(tmp_path / "root", TREE)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_manifest_of_somebody_hostile_removes_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("keep")
    root = tmp_path / "root"
    root.mkdir()
    (root / MANIFEST).write_text('["../victim", "/etc/hostname", 7]')
    write_tree(root, TREE)
    assert (tmp_path / "victim").read_text() == "keep"


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(UserError, match=f"process {os.getpid()}"):
        write_tree(tmp_path, TREE)
    assert write_tree(tmp_path, TREE).created


def test_a_limit_on_file_sizes_leaves_the_old_tree_whole(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    before = contents(tmp_path)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            write_tree(tmp_path, {"a.txt": b"x" * 10, "sub/b.txt": b"y" * 100_000})
        except UserError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert contents(tmp_path) == before


def test_a_full_disk_leaves_the_old_tree_whole_and_says_so(tmp_path: Path) -> None:
    need_root()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], check=True)
    try:
        write_tree(tmp_path, TREE)
        before = contents(tmp_path)
        with pytest.raises(UserError, match="no space left") as caught:
            write_tree(tmp_path, {**TREE, "a.txt": b"new", "big": b"z" * 200_000})
        assert "free some space" in caught.value.hint
        assert contents(tmp_path) == before
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_read_only_disk_is_named_with_the_way_out(tmp_path: Path) -> None:
    need_root()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", str(tmp_path)], check=True)
    try:
        with pytest.raises(UserError, match="read-only") as caught:
            write_tree(tmp_path / "out", TREE)
        assert "-o" in caught.value.hint
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


_WRITER = """
import sys
from collections.abc import Iterator
from pathlib import Path
from virgem.modules.files import write_tree
root, turn = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    turn = 1 - turn
    write_tree(root, {f"f{n}": (b"%d" % turn) * 2000 for n in range(8 + turn)})
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_every_file_old_or_new_and_the_next_write_heals(tmp_path: Path) -> None:
    chance = random.Random(1)
    for _ in range(25):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.03))
        writer.kill()
        writer.wait()
        writer.stdout.close()
        assert all(data in (b"0" * 2000, b"1" * 2000) for data in contents(tmp_path).values())
    write_tree(tmp_path, TREE)
    assert contents(tmp_path) == TREE


def many(word: str, count: int) -> Iterator[tuple[str, bytes]]:
    for number in range(count):
        yield f"{word}/{number % 7}/{number}.txt", f"{word} {number}".encode()


def test_shares_are_written_like_one_tree(tmp_path: Path) -> None:
    whole = write_tree(tmp_path / "whole", dict([*many("a", 200), *many("b", 100)]))
    assert write_shares(tmp_path / "shares", [many("a", 200), many("b", 100)]) == whole
    assert contents(tmp_path / "shares") == contents(tmp_path / "whole")
    again = write_shares(tmp_path / "shares", [many("a", 200), many("b", 99)])
    assert (again.touched, again.removed, again.unchanged) == (1, ("b/1/99.txt",), 299)


@pytest.mark.parametrize("broken", [0, 1])
def test_a_share_that_fails_leaves_the_old_tree_whole(tmp_path: Path, broken: int) -> None:
    def failing() -> Iterator[tuple[str, bytes]]:
        yield "c.txt", b"new"
        raise UserError("no more")

    write_tree(tmp_path, TREE)
    shares = [many("a", 100), many("b", 100)]
    shares[broken] = failing()
    with pytest.raises(UserError, match="no more"):
        write_shares(tmp_path, shares)
    assert contents(tmp_path) == TREE
    assert not (tmp_path / ".virgem-staging").exists()


def test_a_share_writes_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "b").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="through the link"):
        write_shares(tmp_path / "root", [many("a", 3), many("b", 3)])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_lock_leaves_nothing_behind(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "sub", MANIFEST}


def test_a_private_file_is_its_owners_alone_whatever_lay_there_and_so_is_its_new_folder(tmp_path: Path) -> None:
    other, before = tmp_path / "other", os.umask(0)
    other.write_bytes(b"of somebody")
    target = tmp_path / "new" / "file"
    try:
        write_private(target, b"one")
        assert target.parent.stat().st_mode & 0o777 == 0o700
        target.unlink()
        target.symlink_to(other)
        write_private(target, b"two")
    finally:
        os.umask(before)
    assert (target.read_bytes(), target.is_symlink(), target.stat().st_mode & 0o777) == (b"two", False, 0o600)
    assert other.read_bytes() == b"of somebody"
    assert [path.name for path in target.parent.iterdir()] == ["file"]
