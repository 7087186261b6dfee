"""What was applied last, by stack: so that only stacks are opened whose plan, code or foundations changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from virgem.modules import files
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.running import exists
from virgem.modules.cloud.engine.steps import Step
from virgem.modules.cloud.preview import canonical

_LIMIT = 2**26


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The inputs of a stack as they were applied (a digest), what it gave, and how many objects of each type it has."""

    inputs: str
    outputs: Mapping[str, Any]
    counts: Mapping[str, int]


def read(where: Place, stack: str) -> Applied | None:
    """Return what was applied, None where nobody knows: the stack is opened then.

    Where others share the state they apply too, so what this machine applied last says nothing.
    """
    if not where.in_files or not exists(where, stack):
        return None
    data = files.read_bytes(where.folder / "applied" / f"{stack}.json", _LIMIT)
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(data or b"")
        return Applied(inputs=str(told["inputs"]), outputs=dict(told["outputs"]), counts=dict(told["counts"]))
    return None


def write(where: Place, stack: str, applied: Applied) -> None:
    """Note what was applied."""
    body = {"inputs": applied.inputs, "outputs": applied.outputs, "counts": applied.counts}
    files.write_atomic(where.folder / "applied" / f"{stack}.json", canonical(body).encode())


def forget(where: Place, stack: str) -> None:
    """Drop it before a stack is changed: half-way, what was applied last is not what is there."""
    (where.folder / "applied" / f"{stack}.json").unlink(missing_ok=True)


def note_moved(where: Place, stack: str, urns: Iterable[str]) -> None:
    """Note which objects of a stack others were seen to have changed; none drops an earlier note."""
    file = _moved(where, stack)
    if wanted := sorted(urns):
        files.write_atomic(file, canonical(wanted).encode())
    else:
        file.unlink(missing_ok=True)


def moved(where: Place, stack: str) -> tuple[str, ...]:
    """Return the objects that others were seen to have changed and nobody took in since."""
    data = files.read_bytes(_moved(where, stack), _LIMIT)
    with suppress(ValueError, TypeError):
        return tuple(map(str, json.loads(data or b"[]")))
    return ()


def _moved(where: Place, stack: str) -> Path:
    return where.folder / "applied" / f"{stack}.moved.json"


def digest(*parts: object) -> str:
    """Return one digest of all that decides what a stack becomes."""
    return hashlib.sha256(canonical(list(parts)).encode()).hexdigest()


def counts(steps: Iterable[Step]) -> Mapping[str, int]:
    """Return how many objects of each type there are after these steps."""
    return dict(sorted(Counter(step.type for step in steps if step.action != "delete").items()))
