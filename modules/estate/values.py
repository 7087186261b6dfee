"""One value from one node: scalars, choices, kinds, places."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from virgem.modules.codes import problem
from virgem.modules.estate import kinds
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.estate.nodes import Node, Scalar, Sequence
from virgem.modules.estate.public import municipality, town_named
from virgem.modules.estate.raw import Raw, Use
from virgem.modules.estate.scalars import (
    PROTOCOLS,
    Capacity,
    Date,
    Decimals,
    Endpoint,
    KboNumber,
    Kind,
    Latitude,
    Longitude,
    Money,
    NisCode,
    Number,
    PortRange,
    Prefix,
    Protocol,
    PublicKey,
    Ref,
    ScalarError,
    SecretRef,
    show,
)
from virgem.modules.problem import Mark, Problem

_CODES: Final[tuple[tuple[type, str], ...]] = (
    (KboNumber, "E212"),
    (Prefix, "E211"),
    (Date, "E213"),
    (NisCode, "E215"),
    (Capacity, "E220"),
    (Money, "E221"),
    (SecretRef, "E222"),
    (PublicKey, "E223"),
    (PortRange, "E206"),
    (Protocol, "E207"),
    (Number, "E206"),
    (Decimals, "E206"),
)
_PROBLEM_LIMIT = 1_000
_HINT_LIMIT = 200


class Failed:
    """Stands for a value that could not be read; its problem has been told."""


FAILED: Final = Failed()


class Context:
    """What reading a text needs beside the text: whose file it is, and where to leave problems and references.

    `scope` is the id of the municipality whose file is read, "" for the operator's files.
    """

    def __init__(self, scope: str = "") -> None:
        self.scope = scope
        self.problems: list[Problem] = []
        self.uses: list[Use] = []
        # Municipalities that are named but have no file: the first place and how many lead there.
        self.missing: dict[str, tuple[Mark, int]] = {}
        self._counts: dict[str, int] = {}
        self._hints = 0

    def report(self, code: str, mark: Mark, message: str, hint: str = "", related: tuple[Mark, ...] = ()) -> None:
        """Note a problem, up to a thousand a file."""
        count = self._counts[mark.file] = self._counts.get(mark.file, 0) + 1
        if count <= _PROBLEM_LIMIT:
            self.problems.append(problem(code, mark, message, hint, related))
        elif count == _PROBLEM_LIMIT + 1:
            first = Mark(mark.file, 1, 1)
            self.problems.append(problem("E130", first, f"the file has more than {_PROBLEM_LIMIT:,} mistakes"))

    def miss(self, town: str, mark: Mark, count: int = 1) -> None:
        """Note references into a municipality that the estate lacks, which are told together."""
        first, known = self.missing.get(town, (mark, 0))
        self.missing[town] = (min(first, mark), known + count)

    def like(self, text: str, options: Iterable[str], otherwise: str = "", prefix: str = "") -> str:
        """Return a did-you-mean hint, `prefix` before the name; only the first couple of hundred are worth a search."""
        self._hints += 1
        if self._hints > _HINT_LIMIT:
            return otherwise
        near = nearest(text, options)
        return f"did you mean {prefix}{near}?" if near else otherwise


def nearest(text: str, options: Iterable[str], likeness: float = 0.6) -> str:
    """Return the option that a misspelt text is most like, "" when it is like none; 1 is for the same text only."""
    found = difflib.get_close_matches(text[:80], list(options), 1, likeness)
    return found[0] if found else ""


def did_you_mean(text: str, options: Iterable[str], otherwise: str = "") -> str:
    """Return the hint that names the option nearest to a text, or another one where none is near."""
    near = nearest(text, options)
    return f"did you mean {near}?" if near else otherwise


def code_of(cls: type) -> str:
    """Return the problem code for a text that is no value of a scalar type."""
    return next((code for base, code in _CODES if issubclass(cls, base)), "E205")


def single(node: Node, ctx: Context, what: str) -> str | None:
    """Return the text of a node that holds one value; None, with a problem, for anything else."""
    if not isinstance(node, Scalar):
        ctx.report("E203", node.mark, f"{node.shape} stands here, {what} belongs", "write one value")
        return None
    if node.empty:
        ctx.report("E204", node.mark, f"nothing stands here, {what} belongs", "write it, or delete the key")
        return None
    return node.text


def scalar(cls: type[Any], node: Node, ctx: Context, raw: Raw, name: str) -> Any:
    """Return the node's text as a self-checking scalar."""
    text = single(node, ctx, getattr(cls, "what", "a value"))
    if text is None:
        return FAILED
    try:
        if issubclass(cls, Kind):
            return kind(cls, text, node, ctx)
        if issubclass(cls, Ref | Endpoint):
            return _reference(cls, text, node, ctx, raw, name)
        return cls(text)
    except ScalarError as error:
        ctx.report(code_of(cls), node.mark, error.message, _meant(cls, text, ctx) or error.hint)
        return FAILED


def _meant(cls: type[Any], text: str, ctx: Context) -> str:
    """Return the hint with the value that was meant, where there are few to choose from; "" for none."""
    if issubclass(cls, Protocol):
        return ctx.like(text.lower(), PROTOCOLS)
    if not issubclass(cls, NisCode):
        return ""
    digits = text.lstrip("0")
    town = municipality(digits) if text.isascii() and text.isdigit() else town_named(text)
    return f"did you mean {town.nis}, {town.name}?" if town is not None else ""


def kind(cls: type[Kind], text: str, node: Node, ctx: Context) -> Any:
    """Return the text as the name of a registered kind."""
    known = kinds.family(cls.family)
    text = kinds.aliases(cls.family).get(text, text)
    if text in known:
        return cls(text)
    choices = f"one of {', '.join(known)}"
    ctx.report("E208", node.mark, f"{show(text)} is not {cls.what}", ctx.like(text, known, choices))
    return FAILED


def _reference(cls: type[Any], text: str, node: Node, ctx: Context, raw: Raw, name: str) -> Any:
    value = cls(text)
    if issubclass(cls, Ref) and cls.local and "/" not in text and ctx.scope:
        value = cls(f"{ctx.scope}/{text}")
    ctx.uses.append(Use(raw, name, value, node.mark))
    return value


def union(classes: tuple[type[Any], ...], node: Node, ctx: Context) -> Any:
    """Return the node's text as the first of some scalar types that takes it; the last one's complaint otherwise."""
    text = single(node, ctx, classes[0].what)
    if text is None:
        return FAILED
    # IPv6 text is told from IPv4 by its colons, so that the complaint is about the family that was meant.
    ordered = classes if ":" not in text else classes[::-1]
    try:
        return ordered[0](text)
    except ScalarError as error:
        ctx.report(code_of(ordered[0]), node.mark, error.message, error.hint)
        return FAILED


def choice(cls: type[StrEnum], node: Node, ctx: Context) -> Any:
    """Return the node's text as a member of an enumeration."""
    choices = [str(member) for member in cls]
    text = single(node, ctx, f"one of {', '.join(choices)}")
    if text is None:
        return FAILED
    if text in choices:
        return cls(text)
    ctx.report("E207", node.mark, f"{show(text)} is not one of {', '.join(choices)}", ctx.like(text, choices))
    return FAILED


def boolean(node: Node, ctx: Context) -> Any:
    """Return true or false."""
    text = single(node, ctx, "true or false")
    if text is None:
        return FAILED
    if text in ("true", "false"):
        return text == "true"
    meant = "true" if text.lower() in ("yes", "on", "y", "1", "true") else "false"
    known = text.lower() in ("yes", "on", "y", "1", "true", "no", "off", "n", "0", "false")
    hint = f"did you mean {meant}?" if known else ""
    ctx.report("E209", node.mark, f"{show(text)} is neither true nor false", hint)
    return FAILED


def point(node: Node, ctx: Context) -> Any:
    """Return a place from `[latitude, longitude]`."""
    if not isinstance(node, Sequence) or len(node.items) != 2:
        count = len(node.items) if isinstance(node, Sequence) else 0
        what = f"a list of {count} stands" if isinstance(node, Sequence) else f"{node.shape} stands"
        ctx.report("E214", node.mark, f"{what} here, a place belongs", "write [latitude, longitude]: [50.8279, 3.2645]")
        return FAILED
    first, second = node.items
    if (swapped := _swapped(first, second)) is not None:
        ctx.report("E214", node.mark, "longitude stands before latitude", f"did you mean {swapped}?")
        return FAILED
    ends = [_degrees(cls, item, ctx) for cls, item in ((Latitude, first), (Longitude, second))]
    if FAILED in ends:
        return FAILED
    return Point(lat=ends[0], lon=ends[1])


def _degrees(cls: type[Decimals], node: Node, ctx: Context) -> Any:
    text = single(node, ctx, cls.what)
    if text is None:
        return FAILED
    try:
        return cls(text)
    except ScalarError as error:
        ctx.report("E214", node.mark, error.message, error.hint)
        return FAILED


def _swapped(first: Node, second: Node) -> str | None:
    """Return the place the right way round when it was written the other way."""
    if not (isinstance(first, Scalar) and isinstance(second, Scalar)):
        return None
    try:
        return f"[{Latitude(second.text):g}, {Longitude(first.text):g}]"
    except ScalarError:
        return None
