"""The pages of docs/ that are made from the code: commands, problem codes, the estate's keys, kinds.

`python -m virgem.modules.reference` writes them; a test fails when they differ from the code.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

from virgem.modules import codes, files
from virgem.modules.estate import kinds
from virgem.modules.estate.base import KeySpec, Located
from virgem.modules.estate.model import Device, Estate, Municipality
from virgem.modules.estate.scalars import Capacity, Decimals, Number, Text
from virgem.modules.governance.policies import policies

_POLICIES = """Checks of an estate (problems.md) judge its text. Policies judge what is planned: the resources that the
programs of the cloud's stacks declare, with all their inputs, before anything is applied. `virgem policy` evaluates
them, and so do `virgem cloud preview` and `virgem cloud up`, with either engine. An error stops `up` before anything is
applied and makes the others end with 1; a warning is told.

A finding is accepted for a while by a waiver of the estate that names the policy (`rule`), the object (`target`, or
`any`), an owner role and a last day. After that day it counts no more: the finding is open again, and says so.

One policy is one file in modules/governance/policies/ that defines `POLICY`. Control ids are of the CyberFundamentals
2025 and of ISO/IEC 27002:2022, the words are virgem's own: neither the CCB nor ISO has seen them. A policy is evidence
that these controls were looked at in a plan, not that they are met."""

_NOTE = "<!-- Made from the code by `python -m virgem.modules.reference`; do not edit. -->\n\n"


def pages() -> Mapping[str, str]:
    """Return every generated page by file name."""
    return {
        "commands.md": _NOTE + commands_page(),
        "problems.md": _NOTE + problems_page(),
        "estate.md": _NOTE + estate_page(),
        "kinds.md": _NOTE + kinds_page(),
        "policies.md": _NOTE + policies_page(),
    }


def problems_page() -> str:
    """Return the page on problem codes."""
    rows = "".join(
        f"## {rule.code}: {rule.title}\n\n{rule.explanation}\n\n"
        + (f"**Way out:** {rule.wayout}\n\n" if rule.wayout else "")
        + (f"**Rules behind it:** {', '.join(rule.controls)}\n\n" if rule.controls else "")
        for rule in codes.rules().values()
    )
    return "# Problem codes\n\nE is an error, W a warning.\n\n" + rows.rstrip() + "\n"


def policies_page() -> str:
    """Return the page on the policies over what is planned."""
    rows = "".join(
        f"## {policy.id}: {policy.rule.title}\n\n{policy.rule.explanation}\n\n**Dutch:** {policy.rule.nl}.\n\n"
        f"**Severity:** {policy.severity}. **Controls behind it:** {', '.join(policy.rule.controls)}.\n\n"
        f"**Way out:** {policy.rule.wayout}\n\n"
        for policy in policies().values()
    )
    return f"# Policies\n\n{_POLICIES}\n\n{rows.rstrip()}\n"


def commands_page() -> str:
    """Return the page on commands, as their own help tells it."""
    from virgem.modules.cli import main

    blocks = []
    for name in main.VERBS:
        verb = main.verb(name)
        own = argparse.ArgumentParser(
            prog=f"virgem {name}", description=verb.help, add_help=False, formatter_class=_wide
        )
        verb.arguments(own)
        blocks.append(f"## virgem {name}\n\n```\n{own.format_help().rstrip()}\n```\n\n")
        if verb.example:
            blocks.append(f"Example: `{verb.example}`\n\n")
    flags = "".join(f"- `{flag}`: {text}\n" for flag, text in main.FLAGS)
    return (
        "# Commands\n\nGlobal options stand before or after the verb:\n\n"
        + flags
        + "\n"
        + "".join(blocks).rstrip()
        + "\n"
    )


def _wide(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=110, max_help_position=32)


def estate_page() -> str:
    """Return the page on the estate's text: every class with its keys."""
    blocks = ["# The estate\n\n", (
        "An estate is a folder: `estate.yaml` and any other `*.yaml` beside it hold the keys of *Estate*, each file in "
        "`municipalities/` the keys of one *Municipality*, each CSV file in `devices/` rows of *Device*.\n\n"
    )]  # fmt: skip
    blocks.extend(_class_block(cls) for cls in _classes())
    return "".join(blocks).rstrip() + "\n"


def _classes() -> list[type]:
    """Return the classes reachable from an estate, in the order a reader meets them."""
    found: list[type] = []
    waiting: list[type] = [Estate, Municipality, Device]
    while waiting:
        cls = waiting.pop(0)
        if cls in found:
            continue
        found.append(cls)
        waiting.extend(inner for _, _, hint in _keys(cls) for inner in _leaves(hint) if _is_object(inner))
    return found


def _is_object(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Located)


def _keys(cls: type) -> Iterator[tuple[dataclasses.Field[Any], KeySpec, Any]]:
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        spec = field.metadata.get("key")
        if isinstance(spec, KeySpec) and spec.written:
            yield field, spec, hints[field.name]


def _leaves(hint: Any) -> tuple[Any, ...]:
    inner = [arg for arg in get_args(hint) if arg not in (type(None), Ellipsis)]
    return tuple(leaf for arg in inner for leaf in _leaves(arg)) if inner else (hint,)


def _class_block(cls: type) -> str:
    title = f"## {cls.__name__}\n\n{inspect.cleandoc(cls.__doc__ or '')}\n\n"
    short = getattr(cls, "shorthand", "")
    note = f"Written as one word, it sets `{short}`.\n\n" if short else ""
    rows = "".join(_row(field, spec, hint) for field, spec, hint in _keys(cls))
    return title + note + "| key | value | needed | meaning |\n| - | - | - | - |\n" + rows + "\n"


def _row(field: dataclasses.Field[Any], spec: KeySpec, hint: Any) -> str:
    name = spec.name or field.name.replace("_", "-")
    needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING and not spec.filled
    example = f" Example: `{spec.example}`." if spec.example else ""
    return f"| `{name}` | {_type(hint, keyed=spec.keyed)} | {'yes' if needed else ''} | {spec.doc}{example} |\n"


def _type(hint: Any, *, keyed: bool) -> str:
    names = " or ".join(dict.fromkeys(_leaf(leaf) for leaf in _leaves(hint)))
    many = getattr(hint, "__origin__", None) is tuple
    return f"{names}, by name" if keyed else f"list of {names}" if many else names


def _leaf(leaf: Any) -> str:
    if _is_object(leaf):
        return f"[{leaf.__name__}](#{leaf.__name__.lower()})"
    if isinstance(leaf, type) and issubclass(leaf, Text | Number | Decimals | Capacity):
        return leaf.what
    if leaf is bool:
        return "true or false"
    values = getattr(leaf, "__members__", None)
    return " / ".join(f"`{member.value}`" for member in values.values()) if values else "[lat, lon]"


def kinds_page() -> str:
    """Return the page on the registered kinds."""
    blocks = ["# Kinds\n\nOne file each under `modules/estate/kinds/`.\n\n"]
    for name in kinds.FAMILIES:
        rows = "".join(
            f"| `{kind.id}` | {kind.nl} | {kind.en} | {_facts(kind)} |\n" for kind in kinds.family(name).values()
        )
        blocks.append(f"## {name}\n\n| kind | nl | en | brings |\n| - | - | - | - |\n{rows}\n")
    return "".join(blocks).rstrip() + "\n"


def _facts(kind: object) -> str:
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    shown = ((f.name, getattr(kind, f.name)) for f in fields if f.name not in ("id", "nl", "en"))
    return ", ".join(f"{name} {_fact(value)}" for name, value in shown if value not in (False, "", 0, 0.0, ()))


def _fact(value: object) -> str:
    if isinstance(value, Mapping):
        return "/".join(f"{key} {number}" for key, number in value.items())
    if isinstance(value, tuple):
        return "/".join(str(item) for item in value)
    return "yes" if value is True else str(value)


def main() -> None:
    """Write the pages into docs/ beside the source."""
    folder = Path(__file__).resolve().parent.parent / "docs"
    for name, text in pages().items():
        files.write_atomic(folder / name, text.encode())


if __name__ == "__main__":
    main()
