"""What a build needs from the machine and how it says that something is missing."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from virgem.modules.cloud.engine import building
from virgem.modules.cloud.engine.building import Workshop, go_version, published_tokens
from virgem.modules.cloud.engine.programs import SOURCES, programs
from virgem.modules.problem import UserError

PROVIDER = programs()[1]


class Usage(NamedTuple):
    free: int


def workshop(tmp_path: Path, said: list[str] | None = None) -> Workshop:
    report = said.append if said is not None else lambda text: None
    return Workshop(folder=tmp_path / "workshop", bin=tmp_path / "bin", report=report)


def go_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, told: str = "go1.99.0") -> None:
    """Put a Go tool on PATH that tells its version and then does this."""
    go = tmp_path / "path" / "go"
    go.parent.mkdir(exist_ok=True)
    go.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo go version {told} linux/amd64 && exit\n{does}\n')
    go.chmod(go.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")


def required(module: str) -> list[str]:
    """Return `path version` of every module that our sources name, replacements in place of what they replace."""
    lines = (SOURCES / module / "go.mod").read_text().splitlines()
    replaced = {line.split()[1]: " ".join(line.split()[3:5]) for line in lines if line.startswith("replace ")}
    named = [line.removeprefix("require ").strip() for line in lines if line.startswith(("\t", "require g"))]
    pairs = [line.split() for line in named if not line.endswith("// indirect")]
    return [replaced.get(path, f"{path} {version}") for path, version in pairs]


@pytest.mark.parametrize("module", ["engine", "provider", "language"])
def test_what_our_sources_name_is_pinned_by_its_checksum(module: str) -> None:
    sums = (SOURCES / module / "go.sum").read_text()
    assert [one for one in required(module) if f"{one}/go.mod h1:" not in sums] == []


def test_what_is_built_has_the_versions_of_the_python_packages() -> None:
    engine, _, language = programs()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{engine.wanted}" in required("engine")
    assert f"github.com/pulumi/pulumi/sdk/v3 v{engine.wanted}" in required("provider")
    assert f"github.com/pulumi/pulumi/sdk/v3 v{language.wanted}" in required("language")


def test_the_tokens_of_the_python_package_are_read_from_its_source() -> None:
    found = published_tokens()
    assert {"openstack:networking/network:Network", "openstack:identity/getRole:getRole"} <= found
    assert len(found) > 150


@pytest.mark.parametrize(
    ("text", "told"),
    [("go1.26.8", (1, 26, 8)), ("go1.27", (1, 27, 0)), ("go1.27rc1", (1, 27, 0)), ("gibberish", ())],
)
def test_the_version_of_a_go_tool(
    text: str, told: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_that(tmp_path, monkeypatch, "", text)
    assert go_version(tmp_path / "path" / "go") == told
    assert go_version(tmp_path / "no-such-go") == ()


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building.shutil, "disk_usage", lambda path: Usage(free=2**30))
    with pytest.raises(UserError, match=r"needs 6 GB .* 1\.0 GB are free"):
        building.build((PROVIDER,), workshop(tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("write objects/x: no space left on device", "the disk is full"),
        ("Get https://proxy.example/x: dial tcp: lookup proxy.example: no such host", "proxy cannot be reached"),
        ("verifying module: checksum mismatch", "not the one that was pinned"),
        ("compile: signal: killed", "the compiler was killed"),
        ("main.go:3: undefined: nothing", "main.go:3: undefined: nothing"),
    ],
)
def test_a_build_that_fails_says_why_and_keeps_its_caches(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_that(tmp_path, monkeypatch, f"echo '{text}' >&2; exit 1")
    place = workshop(tmp_path)
    with pytest.raises(UserError, match=message) as failure:
        building.build((PROVIDER,), place)
    assert failure.value.hint
    assert place.folder.is_dir()
    assert not list(place.bin.iterdir())


def test_a_program_that_was_built_and_does_not_run_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_that(
        tmp_path, monkeypatch, 'while [ "$1" != -o ] && [ $# -gt 0 ]; do shift; done; echo broken >"${2:-/dev/null}"'
    )
    place = workshop(tmp_path)
    with pytest.raises(UserError, match="was built but does not run"):
        building.build((PROVIDER,), place)
    assert not (place.bin / PROVIDER.name).exists()


def test_a_program_that_was_built_lies_in_its_place_and_the_caches_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = f'printf \'#!/bin/sh\\necho {PROVIDER.wanted}\\n\' >"$2"; chmod 755 "$2"'
    go_that(tmp_path, monkeypatch, f'[ "$1" = list ] && echo one && exit\nwhile [ "$1" != -o ]; do shift; done; {made}')
    said: list[str] = []
    place = workshop(tmp_path, said)
    building.build((PROVIDER,), place)
    assert [path.name for path in place.bin.iterdir()] == [PROVIDER.name]
    assert not place.folder.exists()
    assert any("building pulumi-resource-openstack" in line for line in said)
