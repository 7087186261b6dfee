"""Secrets that were typed into an estate stay out of everything that is said about it.

A mistake is shown with its line, so a line is masked from the first value of a key that is called like a secret, be the
text YAML or not. Only a reference to a secret may be seen.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

MASK: Final = "***"
_WORDS: Final = ("secret", "password", "passwd", "passphrase", "token", "apikey", "privatekey", "wachtwoord", "geheim")
# A key, in quotes or not; the blank behind its colon is forgotten easily.
# A word is looked at once, however long it is.
_KEY = re.compile(r"(?<![\w-])(?P<key>[\w-]++)[\"']?[ \t]*+:")
_REFERENCE = re.compile(r"[\"']?(?:sops|vault|env):[A-Za-z0-9][A-Za-z0-9_./#-]*[\"']?(?=[\s,}\]]|$)")
# How private keys begin: in the frame of PEM or PuTTY, and OpenSSH's without it.
_PRIVATE = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File|b3BlbnNzaC1rZXktdjE")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_INDENT = re.compile(r"[ \t]*(?:- +)*")
# A hostile line may hold a hundred thousand keys, a hostile text as many lines of one value.
_LIKE_LIMIT, _BACK_LIMIT = 200, 1_000


def is_secret(key: str) -> bool:
    """Tell whether a key is called like a secret: `secret`, `api-key`, `db_password`."""
    bare = key.lower().replace("-", "").replace("_", "")
    return bare.removesuffix("s").endswith(_WORDS) or bare.endswith(_WORDS)


@lru_cache(maxsize=1_024)
def _misspelt(key: str) -> bool:
    return len(key) < 20 and bool(difflib.get_close_matches(key.lower(), _WORDS, 1, 0.8))


def masked(lines: Sequence[str], at: int) -> str:
    """Return line `at` of a text without the secrets that were typed into it."""
    line = lines[at]
    if found_key := _PRIVATE.search(line):
        return line[: found_key.start()] + MASK
    for count, found in enumerate(_KEY.finditer(line)):
        if is_secret(found["key"]) or (count < _LIKE_LIMIT and _misspelt(found["key"])):
            value = line[found.end() :].lstrip()
            if value and not _REFERENCE.match(value):
                return line[: len(line) - len(value)] + MASK
    if line.strip() and (_goes_on(lines, at) or _of_private_key(lines, at)):
        return line[: len(line) - len(line.lstrip())] + MASK
    return line


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Tell whether a line is part of a secret that began on a line above it."""
    depth = _depth(lines[at])
    for number in range(at - 1, max(-1, at - _BACK_LIMIT), -1):
        above = lines[number]
        if not above.strip():
            continue
        if _opens(above):
            return True
        if _depth(above) < depth:
            first = _KEY.match(above, _INDENT.match(above).end())  # type: ignore[union-attr] # it matches nothing too
            return first is not None and is_secret(first["key"]) and not _REFERENCE.match(above[first.end() :].strip())
        if _depth(above) == 0:
            return False
    return False


def _of_private_key(lines: Sequence[str], at: int) -> bool:
    """Tell whether a line is in the middle of a private key, which has lines of base64 only."""
    for number in range(at, max(-1, at - _BACK_LIMIT), -1):
        if not _BASE64.fullmatch(lines[number].strip()):
            return bool(_PRIVATE.search(lines[number]))
    return False


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _opens(line: str) -> bool:
    """Tell whether a line ends in the key of a secret: its value stands below."""
    last = re.search(r"([A-Za-z_][\w-]{0,80})[\"']?[ \t]*:[ \t]*$", line[-200:])
    return last is not None and is_secret(last[1])
