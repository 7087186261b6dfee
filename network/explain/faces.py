"""An explanation as text for people and as data for machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from virgem.modules.columns import lined_up
from virgem.modules.problem import Mark
from virgem.network.explain.model import Change, End, Explanation, Hop, Verdict, Way

_SAID = {Verdict.PASSES: "passes", Verdict.REFUSED: "is refused", Verdict.ABSENT: "finds no address"}


def as_text(found: Explanation, folder: str = "") -> str:
    """Return an explanation for a terminal; `folder` is the way to the estate, which its places begin with."""
    asked = found.asked
    chosen = f" ({asked.chosen})" if asked.chosen else ""
    lines = [f"{asked.source.name} > {asked.target.name}, {asked.transport}{chosen}: {_SAID[found.verdict]}"]
    lines += [*_end("from", asked.source, folder), *_end("to", asked.target, folder)]
    for number, one in enumerate(found.ways):
        lines += ["", *_way(one, found.ways[0] if number else None, folder)]
    if found.changes:
        lines += ["", "What would have to change:", *(line for one in found.changes for line in _change(one, folder))]
    return "\n".join(lines)


def _end(word: str, end: End, folder: str) -> Iterator[str]:
    yield f"  {word.ljust(4)}  {end.says}{_at(end.origin, folder)}"
    if end.note:
        yield f"        {end.note}"


def _at(mark: Mark, folder: str) -> str:
    return f"  [{replace(mark, file=f'{folder}/{mark.file}') if folder else mark}]" if mark.file else ""


def _way(one: Way, first: Way | None, folder: str) -> Iterator[str]:
    ends = f": {one.source} > {one.target}" if one.source and one.target else ""
    yield f"IPv{one.family} {_SAID[one.verdict]}{ends}"
    if first is not None and one.hops and _shape(one) == _shape(first):
        yield f"  the same hops as IPv{first.family}, by the same rules"
        return
    yield from _hops(one.hops, folder)
    if one.back:
        yield "  and back:"
        yield from _hops(one.back, folder)


def _shape(one: Way) -> list[tuple[str, str, bool, str]]:
    """Return what two families have in common when they go the same way."""
    return [(hop.where, hop.what, hop.passes, hop.flow) for hop in (*one.hops, *one.back)]


def _hops(hops: tuple[Hop, ...], folder: str) -> Iterator[str]:
    rows = [(f"{number:>4}", hop.what, hop.where, hop.says) for number, hop in enumerate(hops, 1)]
    lines, _ = lined_up(rows)
    for line, hop in zip(lines, hops, strict=True):
        indent = " " * (len(line) - len(hop.says))
        yield line + ("" if hop.passes else "  << stops here")
        if hop.why:
            yield f"{indent}{hop.why}{_at(hop.origin, folder)}"
        elif hop.what == "link":
            yield f"{indent}{_at(hop.origin, folder).strip()}"
        if hop.rule and hop.flow:
            yield f"{indent}{hop.rule}"


def _change(one: Change, folder: str) -> Iterator[str]:
    yield f"  - {one.says}{_at(one.origin, folder)}"
    yield from (f"      {line}" for line in one.text.splitlines())


def as_data(found: Explanation) -> dict[str, Any]:
    """Return an explanation for one JSON document."""
    asked = found.asked
    return {
        "verdict": found.verdict.value,
        "source": _end_data(asked.source),
        "destination": _end_data(asked.target),
        "protocol": asked.protocol,
        "port": asked.port or None,
        "chosen": asked.chosen,
        "families": [_way_data(one) for one in found.ways],
        "changes": [{"says": one.says, "text": one.text, "at": str(one.origin)} for one in found.changes],
    }


def _end_data(end: End) -> dict[str, Any]:
    return {"name": end.name, "says": end.says, "note": end.note, "at": str(end.origin)}


def _way_data(one: Way) -> dict[str, Any]:
    return {
        "family": one.family,
        "verdict": one.verdict.value,
        "source": str(one.source) if one.source else None,
        "destination": str(one.target) if one.target else None,
        "hops": [_hop_data(hop) for hop in one.hops],
        "back": [_hop_data(hop) for hop in one.back],
    }


def _hop_data(hop: Hop) -> dict[str, Any]:
    return {
        "where": hop.where,
        "what": hop.what,
        "says": hop.says,
        "passes": hop.passes,
        "why": hop.why,
        "rule": hop.rule,
        "flow": hop.flow,
        "at": str(hop.origin),
        "facts": dict(hop.facts),
    }
