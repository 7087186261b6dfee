"""Files that lie where nobody reads them: a town or a fleet that is left out in silence is worse than a mistake.

In municipalities/ and devices/ everything is looked at. Beside them an estate may hold what it likes (notes, licences,
results, another estate); only folders and files are told that look like parts of this one.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MUNICIPALITIES, DEVICES = "municipalities", "devices"
# The folders that are read, each with the ending of its files.
ENDINGS: Final = {"": ".yaml", MUNICIPALITIES: ".yaml", DEVICES: ".csv"}
_HOME: Final = {".yaml": f"{MUNICIPALITIES}/", ".yml": f"{MUNICIPALITIES}/", ".csv": f"{DEVICES}/"}
_SHEETS: Final = (".xlsx", ".xls", ".xlsm", ".ods")
# What editors and merges leave behind, and what tells people about a folder.
_LEFT: Final = ("~", ".bak", ".orig", ".rej", ".swp", ".tmp", ".schema.json")
_ABOUT: Final = re.compile(r"(?:README|LICEN[CS]E|CHANGELOG|NOTICE)(?:\..*)?", re.IGNORECASE)
# Words for the folders, beside their own.
_SAID: Final = {
    **dict.fromkeys(("municipality", "gemeenten", "gemeentes", "gemeente", "towns"), MUNICIPALITIES),
    **dict.fromkeys(("toestellen", "apparaten"), DEVICES),
}
# What verbs and people put beside an estate.
_RESULTS: Final = ("build", "dist", "out", "docs", "doc")
_TOWN = re.compile(rb"^[\"']?municipality[\"']?[ \t]*:", re.MULTILINE)
_FLEET = re.compile(rb"\A(?:\xef\xbb\xbf)?(?=[^\n]*\bserial\b)(?=[^\n]*\bprofile\b)[^\n]*\bsite\b")
_ENTRIES, _LOOKED_AT, _HEAD = 1_000, 20, 65_536


def is_beside(name: str) -> bool:
    """Tell whether a name belongs to nobody's estate: hidden, left behind, or about the folder."""
    return name.startswith(".") or name.endswith(_LEFT) or _ABOUT.fullmatch(name) is not None


def is_meant(folder: str, name: str) -> bool:
    """Tell whether a file that is not beside the estate is meant to be read: everything in the folders, by ending at
    the top.
    """
    return folder != "" or os.path.splitext(name)[1].lower() in _HOME


def printable(path: str) -> str:
    """Return a path for a message, with what cannot be printed, and bytes that are not UTF-8, as \\xff."""
    return "".join(c if c.isprintable() else f"\\x{_byte(ord(c)):02x}" for c in path)


def _byte(character: int) -> int:
    """Return the byte that Python keeps as a lone surrogate (PEP 383); other characters as they are."""
    return character - 0xDC00 if 0xDC80 <= character <= 0xDCFF else character


def way_out(folder: str, name: str) -> str:
    """Return what to do with a file of an ending that its folder does not read."""
    wanted = ENDINGS[folder]
    stem, found = os.path.splitext(name)
    kind = found.lower()
    family = ".yaml" if kind == ".yml" else kind
    if family in _HOME and family != wanted:
        return f"move it to {_HOME[family]}"
    if kind in _SHEETS:
        return f"save it as CSV, {stem}{wanted}" if wanted == ".csv" else f"move it out of {folder}/"
    if kind == ".json":
        return f"write it as {wanted[1:].upper()}, {stem}{wanted}"
    rename = f"rename it to {stem}{wanted}"
    return rename if kind in _HOME else f"{rename}, or move it out of {folder}/"


def folders_meant(root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the folders beside the known ones that look like parts of this estate: name, message and way out."""
    for name in sorted(os.listdir(root)):
        path = root / name
        known = name in ENDINGS or is_beside(name) or name.lower() in _RESULTS
        if known or path.is_symlink() or not path.is_dir():
            continue
        files = _files(path)
        if "estate.yaml" in files:
            continue  # another estate, an old one perhaps
        home = _like(name) if files else ""
        if home:
            yield name, f"the folder {printable(name)} would not be read", f"did you mean {home}?"
        elif (found := _holding(path, files)) is not None:
            file, home = found
            message = f"the folder {printable(name)} holds {printable(file)}, which would not be read"
            yield name, message, f"move it to {home}/"


def _files(folder: Path) -> list[str]:
    """Return the names in a folder, none when it cannot be looked into."""
    try:
        return sorted(os.listdir(folder))[:_ENTRIES]
    except OSError:
        return []


def _like(name: str) -> str:
    """Return the known folder that a name was meant for, "" for none."""
    words = {**{word: word for word in (MUNICIPALITIES, DEVICES)}, **_SAID}
    near = difflib.get_close_matches(name.lower()[:80], list(words), 1, 0.8)
    return words[near[0]] if near else ""


def _holding(folder: Path, names: list[str]) -> tuple[str, str] | None:
    """Return the first file of a folder that reads like a part of an estate, and where such files lie."""
    ended = [(name, os.path.splitext(name)[1].lower()) for name in names]
    for name, ending in [pair for pair in ended if pair[1] in _HOME][:_LOOKED_AT]:
        if (_FLEET if ending == ".csv" else _TOWN).search(_head(folder / name)):
            return name, _HOME[ending].rstrip("/")
    return None


def _head(path: Path) -> bytes:
    """Return the start of an ordinary file, nothing of anything else; a pipe must not be waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            return file.read(_HEAD) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return b""
