"""What `cloud env` writes for a shell: no password of a store that came by a variable."""

from __future__ import annotations

import subprocess

import pytest

from virgem.modules.cli.cloud.env import quoted

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
