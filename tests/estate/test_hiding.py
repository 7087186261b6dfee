"""A secret that was typed into an estate is in nothing that is said about it, in no format."""

from __future__ import annotations

import time

import pytest

from virgem.modules.estate.hiding import is_secret, masked
from virgem.modules.estate.loader import SourceFiles
from virgem.modules.estate.problem_formats import FORMATS
from virgem.modules.estate.validation import validate_files

from .texts import KORTRIJK_FILE, OPERATOR, WAREGEM, WAREGEM_FILE

TOWN = """\
municipality: 34022
sites: { stadhuis: town-hall }
cloud:
  quota: large
  datasets:
    files:
      confidentiality: 5
      integrity: 4
      availability: 4
"""
WAYS = [
    "secret: Hunter2",
    'secret: "Hunter2, and more"',
    "secret: 'Hunter2'",
    "secret:\n        Hunter2",
    "secret: |\n        first\n        Hunter2",
    "secret: [Hunter2]",
    "secret: { value: Hunter2 }",
    "secret: !Hunter2",
    "secret: &Hunter2 x",
    "secret: *Hunter2",
    "secret: @Hunter2",
    'secret: "Hunter2',
    "secret:Hunter2",
    "secert: Hunter2",
    "password: Hunter2",
    "api-key: Hunter2",
    "wachtwoord: Hunter2",
    "secret: valt:Hunter2",
    "secret: " + "Hunter2" * 100,
    "secret: Hunter2\n      secret: Hunter2",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("face", FORMATS)
def test_no_format_shows_a_secret(way: str, face: str) -> None:
    texts = {"estate.yaml": OPERATOR, KORTRIJK_FILE: f"{TOWN}      {way}\n", WAREGEM_FILE: WAREGEM}
    found = validate_files(SourceFiles({name: text.encode() for name, text in sorted(texts.items())}))
    assert found.problems
    shown = FORMATS[face](found.problems, found.sources)
    assert "unter2" not in shown
    assert KORTRIJK_FILE in shown


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  d: { class: 3, secret: x, size: 4 }", "  d: { class: 3, secret: ***"),
        ("  d: { secret: vault:a/b#c, size: 4 }", "  d: { secret: vault:a/b#c, size: 4 }"),
        ("  secret: env:DB_PASSWORD", "  secret: env:DB_PASSWORD"),
        ("  sector: west", "  sector: west"),
        ("  secret:", "  secret:"),
        ("  2nd-password: x", "  2nd-password: ***"),
        ("x=password: y", "x=password: ***"),
    ],
)
def test_the_line_is_masked_from_the_secret_on(line: str, expected: str) -> None:
    assert masked([line], 0) == expected


def test_a_word_of_a_hundred_thousand_letters_takes_no_time() -> None:
    began = time.process_time()
    assert masked(["x" * 100_000], 0) == "x" * 100_000
    assert time.process_time() - began < 2


def test_lines_beside_a_secret_are_shown() -> None:
    lines = ["d:", "  secret: vault:a#b", "  size: 4", "  files: { secret: vault:a#b,", "    size: 5 }"]
    assert [masked(lines, at) for at in range(len(lines))] == lines


def test_no_line_of_a_private_key_is_shown_and_every_line_around_it() -> None:
    around = ["access-keys:", "  a:"], ["-----END OPENSSH PRIVATE KEY-----", "  b: { key: ssh-ed25519 AAAA }", "x"]
    key = ["    key: -----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5v", "QyNTUxOQAAACBt", "AAAE="]
    lines = [*around[0], *key, *around[1]]
    assert [masked(lines, at) for at in range(len(lines))] == [
        *around[0], "    key: ***", "***", "***", "***", *around[1]
    ]  # fmt: skip
    assert masked(["PuTTY-User-Key-File-3: ssh-ed25519"], 0) == "***"


def test_keys_that_are_called_like_a_secret_are_known() -> None:
    assert all(map(is_secret, ("secret", "Secrets", "api-key", "db_password", "access-token")))
    assert not any(map(is_secret, ("key", "secretary", "purpose-code", "server")))
