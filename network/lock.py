"""estate.lock: the numbers given so far, one line a thing, so that nothing moves when something is added.

    virgem-lock 1 zuid-west-vlaanderen 1c2f0b6e
    site 34022/stadhuis ipv4=10.0.0.0/22 ipv6=fd34:22:0:100::/56 5d7a90c1
    zone 34022/stadhuis:voip ipv4=10.0.1.0/26 ipv6=fd34:22:0:104::/64 vlan=20 8be41f00
    zone 34022/stadhuis:lab ipv4=10.0.1.64/28 ipv6=fd34:22:0:105::/64 vlan=2 released 07c13a52
    end

Every line ends with the CRC-32 of its text and the last one is `end`: damage and truncation are found, while lines may
be deleted (their numbers are given anew) and branches merged, as no line depends on another.
`released` keeps the number of a thing that was removed, for its return; it is reused only when a pool is full. `dns`
lines hold the serial of a zone with the hash of its text: another text gets the next serial.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from virgem.modules.codes import problem
from virgem.modules.problem import Mark, Problem, ProblemsFound
from virgem.network.texts import colons, dotted

FILE = "estate.lock"
VERSION = 1
_LINE = re.compile(r"([a-z]+) ([A-Za-z0-9/:@~#._-]+)((?: [a-z0-9]+=[A-Za-z0-9/:.,-]+)+)( released)?")
_MARKER = re.compile(r"^(?:<{7}|={7}$|>{7}|\|{7})", re.MULTILINE)
_KINDS = frozenset(
    {
        "asn",
        "balancer",
        "cloud",
        "device",
        "dns",
        "floating",
        "home",
        "host",
        "link",
        "router",
        "site",
        "space",
        "town",
        "vrf",
        "zone",
    }
)

# A prefix as (first address, bits left to hosts): /26 of IPv4 is (base, 6).
Block = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """The numbers of one thing."""

    ipv4: tuple[Block, ...] = ()
    ipv6: tuple[Block, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    released: bool = False

    def blocks(self, version: int) -> tuple[Block, ...]:
        """Return the prefixes of an IP version."""
        return self.ipv4 if version == 4 else self.ipv6

    def value(self, name: str) -> str:
        """Return a value by name, or an empty text."""
        return next((value for key, value in self.values if key == name), "")

    def number(self, name: str) -> int | None:
        """Return a whole number by name, or None."""
        text = self.value(name)
        return int(text) if text.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Lock:
    """The numbers of an estate by kind and key ("zone 34022/stadhuis:voip"); an empty one belongs to any estate."""

    estate: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def mark(self, key: str) -> Mark:
        """Return where a thing stands in the file."""
        return Mark(FILE, self.lines.get(key, 0), 1 if key in self.lines else 0)

    def kind(self, kind: str) -> dict[str, Entry]:
        """Return all entries of a kind by key."""
        return {key: entry for key, entry in self.entries.items() if key.startswith(kind + " ")}


EMPTY = Lock()


def prefix_text(block: Block, version: int) -> str:
    """Return a block as `address/length`."""
    base, order = block
    return f"{dotted(base)}/{32 - order}" if version == 4 else f"{colons(base)}/{128 - order}"


def _block(text: str, version: int) -> Block:
    """Return the block of `address/length`; raise ValueError for anything but an aligned prefix."""
    address, _, length = text.partition("/")
    base = _four(address) if version == 4 else _six(address)
    order = (32 if version == 4 else 128) - int(length)
    if order < 0 or base & ((1 << order) - 1):
        raise ValueError(text)
    return base, order


# The standard library's parsers take half of the time of reading a large lock; these two raise ValueError as well.
def _four(text: str) -> int:
    a, b, c, d = (int(part) for part in text.split("."))
    if not 0 <= min(a, b, c, d) <= max(a, b, c, d) <= 255:
        raise ValueError(text)
    return a << 24 | b << 16 | c << 8 | d


def _six(text: str) -> int:
    head, gap, tail = text.partition("::")
    before, after = head.split(":") if head else [], tail.split(":") if tail else []
    missing = 8 - len(before) - len(after)
    if (missing < 1) if gap else missing:
        raise ValueError(text)
    return _grouped(before) << 16 * (missing + len(after)) | _grouped(after)


def _grouped(groups: list[str]) -> int:
    value = 0
    for group in groups:
        # int() would take signs and underscores too.
        if len(group) > 4 or not group.isalnum():
            raise ValueError(group)
        value = value << 16 | int(group, 16)
    return value


def dump(lock: Lock) -> bytes:
    """Return the file's bytes: sorted, the same for the same numbers."""
    lines = [f"virgem-lock {VERSION} {lock.estate}", *(_line(key, e) for key, e in sorted(lock.entries.items()))]
    return "".join(f"{line} {_check(line)}\n" for line in lines).encode() + b"end\n"


def _line(key: str, entry: Entry) -> str:
    parts = [key, *(_prefixes(entry.blocks(v), v) for v in (4, 6) if entry.blocks(v))]
    parts += [f"{name}={value}" for name, value in entry.values]
    return " ".join([*parts, "released"] if entry.released else parts)


def _prefixes(blocks: tuple[Block, ...], version: int) -> str:
    return f"ipv{version}=" + ",".join(prefix_text(block, version) for block in blocks)


def _check(line: str) -> str:
    return f"{crc32(line.encode()):08x}"


def parse(data: bytes, estate: str = "", renamed_from: str = "") -> Lock:
    """Return the lock that a file of the estate holds ("": of any); raise ProblemsFound with every damaged line.

    One that bears the name that the estate had before becomes its own.
    """
    text = data.replace(b"\r\n", b"\n").decode("utf-8", "replace")
    if markers := [text.count("\n", 0, found.start()) + 1 for found in _MARKER.finditer(text)]:
        raise ProblemsFound(_problem("E604", n, "this merge has not been resolved") for n in markers)
    lines = text.split("\n")
    owner = _header(lines[0])
    if estate and owner not in (estate, renamed_from):
        raise ProblemsFound([other_estate(owner, estate)])
    if lines[-2:] != ["end", ""] or "end" in lines[:-2]:
        last = len(lines) - (lines[-1] == "")
        raise ProblemsFound([_problem("E605", last, "the file does not end with its one `end` line")])
    return _body(estate or owner, lines[1:-2])


def other_estate(owner: str, estate: str) -> Problem:
    """Return the problem of a lock that belongs to another estate."""
    renamed = f"if this estate was called {owner} before, `virgem plan --renamed-from {owner}` keeps its numbers; else "
    text = f"this lock is of the estate '{owner}', here is '{estate}'"
    return problem("E602", Mark(FILE, 1, 1), text, renamed + _OWN)


def _problem(code: str, line: int, text: str) -> Problem:
    return problem(code, Mark(FILE, line, 1), text, _WAYS[code])


_ANEW = "without it every address is given anew and may move"
_RESTORE = f"take the file back from version control; {_ANEW}"
_OWN = f"take this estate's own file back from version control; {_ANEW}"
_WAYS = {
    "E601": "take the file back from version control; or delete this line, and the number is given anew",
    "E603": _RESTORE,
    "E604": "remove the markers, keep the lines of both sides, and plan again",
    "E605": _RESTORE,
}


def _header(line: str) -> str:
    text, _, check = line.rpartition(" ")
    words = text.split(" ")
    if words[0] == "virgem-lock" and (newer := _newer(words[1:2])):
        text = f"this lock file is of version {newer}, this virgem reads version {VERSION}"
        raise ProblemsFound(
            [problem("E603", Mark(FILE, 1, 1), text, "use a newer virgem, the one that wrote the file")]
        )
    if len(words) != 3 or words[0] != "virgem-lock" or words[1] != str(VERSION):
        raise ProblemsFound([_problem("E603", 1, f"this is not the first line of a lock file of version {VERSION}")])
    if check != _check(text):
        raise ProblemsFound([_damaged(1)])
    return words[2]


def _newer(words: Iterable[str]) -> str:
    """Return the version that stands here when it is one to come, else an empty text."""
    return next((word for word in words if re.fullmatch(r"[1-9]\d{0,5}", word) and int(word) > VERSION), "")


def _damaged(number: int) -> Problem:
    return _problem("E601", number, "this line was changed: its check is wrong")


def _body(estate: str, lines: Iterable[str]) -> Lock:
    entries: dict[str, Entry] = {}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, 2):
        found = _entry(line)
        if found is None:
            problems.append(_damaged(number))
        elif found[0] in entries:
            first = Mark(FILE, places[found[0]], 1)
            text = f"'{found[0]}' stands on line {first.line} too"
            problems.append(problem("E606", Mark(FILE, number, 1), text, "delete one of the two", (first,)))
        else:
            entries[found[0]], places[found[0]] = found[1], number
    if problems:
        raise ProblemsFound(problems)
    return Lock(estate, entries, places)


def _entry(line: str) -> tuple[str, Entry] | None:
    """Return the key and numbers of a line, or None when it is damaged."""
    text, _, check = line.rpartition(" ")
    found = _LINE.fullmatch(text)
    if not found or check != _check(text) or found[1] not in _KINDS:
        return None
    values: list[tuple[str, str]] = []
    blocks: dict[str, tuple[Block, ...]] = {"ipv4": (), "ipv6": ()}
    try:
        for name, _, value in (part.partition("=") for part in found[3].split()):
            if name in blocks:
                blocks[name] = tuple([_block(text, int(name[3])) for text in value.split(",")])
            else:
                values.append((name, value))
    except ValueError:
        return None
    return f"{found[1]} {found[2]}", Entry(blocks["ipv4"], blocks["ipv6"], tuple(values), found[4] is not None)
