"""virgem cloud: what its words may say together, and what stands in the way of the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from virgem.modules.cli import cloud
from virgem.modules.cli.main import main
from virgem.modules.cloud.engine.place import place

OPERATOR = """\
apiVersion: virgem/v1
name: een
operator: Leiedal
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres: { west: { at: kortrijk/stadhuis } }
"""
TOWN = "municipality: 34022\nsites: { stadhuis: town-hall }\ncloud: { servers: { app: {} } }\n"


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("OS_CLOUD", "OS_AUTH_URL", "VIRGEM_STATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    (tmp_path / "een" / "municipalities").mkdir(parents=True)
    (tmp_path / "een" / "estate.yaml").write_text(OPERATOR)
    (tmp_path / "een" / "municipalities" / "kortrijk.yaml").write_text(TOWN)
    return str(tmp_path / "een")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["up", "--engine", "embedded"], "the embedded engine has no up"),
        (["destroy", "--engine", "embedded"], "the embedded engine has no destroy"),
        (["up", "--save-plan"], "--save-plan says nothing to up"),
        (["destroy", "--as-saved"], "--as-saved says nothing to destroy"),
        (["up", "--as-saved", "--tenant", "34022"], "--as-saved is for all that was saved"),
        (["destroy", "--remove", "34022"], "--remove says nothing to destroy"),
        (["up", "--applications"], "--applications says nothing to up"),
        (["preview", "--attempts"], "--attempts says nothing to preview"),
        (["credentials", "--engine", "embedded"], "the embedded engine has no credentials"),
        (["up", "--state", "postgres://me:secret@db/x"], "a password does not belong on a command line"),
        (["up"], "neither OS_CLOUD nor OS_AUTH_URL"),
    ],
)
def test_what_cannot_be_is_told(
    words: list[str], said: str, estate: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--state" in words:
        with_access(monkeypatch)
    assert main(["cloud", words[0], estate, *words[1:]]) == 1
    assert said in capsys.readouterr().err


def with_access(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH_URL": "http://127.0.0.1:9/v3", "USERNAME": "a", "PASSWORD": "b"}.items():
        monkeypatch.setenv(f"OS_{name}", value)


def test_without_the_engine_the_way_to_it_is_told(
    estate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_access(monkeypatch)
    for name in ("PATH", "HOME", "XDG_CACHE_HOME", "PULUMI_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert main(["cloud", "up", estate]) == 1
    told = capsys.readouterr().err
    assert "pulumi and pulumi-resource-openstack not found" in told
    assert "virgem engine install" in told


def test_a_preview_asks_the_cloud_once_the_estate_was_applied_to_one(
    estate: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(cloud, "_real", lambda args, out, ready: asked.append(ready.estate.name) or 0)
    preview = ["cloud", "preview", estate]
    with_access(monkeypatch)
    assert main(preview) == 2
    assert asked == []
    stacks = place("een", None).stacks
    stacks.mkdir(parents=True)
    (stacks / "shared.json").write_text("{}")
    assert main(preview) == 0
    assert asked == ["een"]
    # What is compared with later is no cloud, and neither is what somebody chooses to ask.
    assert main([*preview, "--engine", "embedded"]) == 2
    assert main([*preview, "--save-plan", "-o", str(stacks)]) == 2
    monkeypatch.delenv("OS_AUTH_URL")
    capsys.readouterr()
    assert main(preview) == 2
    assert "no access to a cloud is given" in capsys.readouterr().err
    assert asked == ["een"]


@pytest.mark.parametrize("words", [["--state", "elsewhere"], ["--every"]])
def test_a_preview_that_is_told_of_a_state_asks_the_cloud(
    words: list[str], estate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud, "_real", lambda args, out, ready: 0)
    assert main(["cloud", "preview", estate, *words]) == 0
