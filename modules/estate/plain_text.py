"""From bytes to a text without surprises: UTF-8, no control characters, no characters that turn the direction."""

from __future__ import annotations

import re
import unicodedata

from virgem.modules.codes import problem
from virgem.modules.problem import Mark, Problem, ProblemsFound

# Control characters, line ends other than LF and CRLF, direction marks and overrides, byte order marks, non-characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|\r(?!\n)"
)
_OLD_END = re.compile(r"\r(?!\n)")
_OTHER_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def plain_text(file: str, data: bytes) -> str:
    """Return the text of a file, or raise ProblemsFound; a UTF-8 byte order mark is dropped."""
    for start, name in _OTHER_ENCODINGS.items():
        if data.startswith(start):
            raise ProblemsFound([problem("E106", Mark(file), f"the file is {name}", "save it as UTF-8")])
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemsFound([_not_utf8(file, data, error)]) from error
    if (ends := len(_OLD_END.findall(text))) > 1:
        raise ProblemsFound([_old_ends(file, text, ends)])
    if found := [_forbidden(file, text, match.start()) for match in _first(_FORBIDDEN, text, 20)]:
        raise ProblemsFound(found)
    return text


def _old_ends(file: str, text: str, count: int) -> Problem:
    """Return the one problem of a file whose lines end as on old Macs, or that was mangled on its way."""
    mark = Mark(file, 1, text.index("\r") + 1) if "\n" not in text[: text.index("\r")] else Mark(file)
    message = f"{count:,} line ends are a carriage return alone (CR), as on old Macs"
    return problem("E107", mark, message, "save the file with line ends LF (Unix) or CRLF (Windows)")


def _first(pattern: re.Pattern[str], text: str, most: int) -> list[re.Match[str]]:
    return [match for _, match in zip(range(most), pattern.finditer(text), strict=False)]


def _not_utf8(file: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    before = data[: error.start]
    line = before.count(b"\n") + 1
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    message = f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8"
    return problem("E105", Mark(file, line, column), message, "save the file as UTF-8")


def _forbidden(file: str, text: str, at: int) -> Problem:
    before = text[:at]
    mark = Mark(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
    name = unicodedata.name(text[at], "control character").lower()
    return problem("E107", mark, f"character U+{ord(text[at]):04X} ({name}) may not be in an estate", "delete it")
