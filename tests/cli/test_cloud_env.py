"""What `cloud env` writes for a shell, without a password that came by a variable, and what it clears away for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from virgem.modules.cli.cloud.env import forget_salts, quoted

STATE = "s3://me:CANARY@b/f?endpoint=http://h:1"


@pytest.mark.parametrize(
    ("value", "state", "hidden"),
    [
        (STATE, STATE, True),
        (f"{STATE}&use_path_style=true", STATE, True),
        ("/home/a b/passphrase", STATE, False),
        ("/state/passphrase", "/state", False),
        ("file:///state", "", False),
    ],
)
def test_a_shell_gets_every_value_and_reads_no_password(value: str, state: str, hidden: bool) -> None:
    word = quoted(value, "VIRGEM_STATE", state)
    done = subprocess.run(
        ["sh", "-c", f"printf %s {word}"], env={"VIRGEM_STATE": state}, capture_output=True, text=True
    )
    assert (done.stdout, "$VIRGEM_STATE" in word) == (value, hidden)
    assert "CANARY" not in word


def test_what_the_plain_pulumi_noted_of_another_estate_goes_unless_somebody_set_something(tmp_path: Path) -> None:
    salt = "encryptionsalt: v1:VcJLPR49O1s=:v1:XwTZL6TYg3uARmPJ:+HtkvQ1D2QhiMHEakZDXPvWhQ+vVxg==\n"
    left = {"Pulumi.yaml": "name: virgem\n", "Pulumi.b.yaml": f"{salt}config:\n  virgem:x: y\n", "other.yaml": salt}
    for name, text in {**left, "Pulumi.a.yaml": salt}.items():
        (tmp_path / name).write_text(text)
    forget_salts(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == left
