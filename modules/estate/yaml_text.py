"""YAML as an estate uses it: the plain part of the language, composed from the parser's events without recursion.

No anchors, aliases, merge keys or tags, no key twice, one document, at most 64 levels: nothing in a text can unfold
into more than it shows. Scalars stay text; the field that holds one decides what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from virgem.modules.codes import problem
from virgem.modules.estate.hiding import MASK, is_secret
from virgem.modules.estate.nodes import Mapping, Node, Scalar, Sequence
from virgem.modules.estate.scalars import show
from virgem.modules.estate.yaml_errors import explain
from virgem.modules.problem import Mark, Problem

# Mistakes of form that leave the rest of the text as clear as it was: anchors, tags, repeated keys.
_READ_ON = ("E121", "E123", "E125")
DEPTH_LIMIT = 64
NODE_LIMIT = 500_000


def _loader() -> Any:
    """Return the C parser, or PyYAML's own where libyaml is missing: slower, with the same events."""
    if not yaml.__with_libyaml__:
        return yaml.BaseLoader
    from yaml.cyaml import CBaseLoader

    return CBaseLoader


def read(file: str, text: str, loader: Any = None) -> tuple[Node | None, tuple[Problem, ...]]:
    """Return the top node and what is wrong with the form; no node where the mistakes leave no sense in reading on.

    A key that stands twice, an anchor or a tag does: the first of the keys counts, the marks are passed over.
    """
    composer = _Composer(file)
    try:
        composer.take(yaml.parse(text, Loader=loader or _loader()))
    except yaml.YAMLError as error:
        composer.problems.append(explain(file, text, error))
    except _Stop:
        pass
    if not composer.problems and composer.is_empty():
        composer.report("E129", Mark(file, 1, 1), "the file is empty", "write its content, or delete the file")
    composer.drop_repeated()
    sound = all(found.code in _READ_ON for found in composer.problems) and not composer.aliases
    return (composer.top if sound else None), tuple(composer.problems)


class _Stop(Exception):
    """Reading on makes no sense."""


class _Composer:
    """Builds nodes from events; the collections that are still open lie on a stack of our own."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.top: Node | None = None
        self.open: list[Sequence | Mapping] = []
        # Beside each open mapping: the keys seen, and the key that waits for its value.
        self.keys: list[dict[str, Mark]] = []
        self.waiting: list[Scalar | None] = []
        self.documents = 0
        self.aliases = 0
        self.repeated: list[tuple[Mapping, Scalar]] = []

    def report(self, code: str, mark: Mark, message: str, hint: str, *related: Mark) -> None:
        """Note a problem."""
        self.problems.append(problem(code, mark, message, hint, related))

    def is_empty(self) -> bool:
        """Whether the text holds no value at all."""
        return self.top is None or (isinstance(self.top, Scalar) and self.top.plain and not self.top.text)

    def take(self, events: Iterator[Any]) -> None:
        """Read all events."""
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
            yaml.AliasEvent: self._alias,
        }
        for count, event in enumerate(events):
            handle = handlers.get(type(event))
            if handle is not None:
                handle(event, event.start_mark)
            if count > NODE_LIMIT:
                self._stop("E128", event.start_mark, f"the file holds more than {NODE_LIMIT:,} values", "split it")

    def _stop(self, code: str, at: Any, message: str, hint: str) -> None:
        self.report(code, self._mark(at), message, hint)
        raise _Stop

    def _mark(self, at: Any) -> Mark:
        return Mark(self.file, at.line + 1, at.column + 1)

    def _document(self, event: Any, at: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop("E126", at, "a second YAML document starts here", "make it a file of its own")

    def drop_repeated(self) -> None:
        """Take out the keys that stood before in their mapping, with their values."""
        keys = {id(key) for _, key in self.repeated}
        for mapping in {id(mapping): mapping for mapping, _ in self.repeated}.values():
            mapping.pairs[:] = [pair for pair in mapping.pairs if id(pair[0]) not in keys]

    def _alias(self, event: Any, at: Any) -> None:
        self.aliases += 1
        name = self._shown(f"*{event.anchor[:40]}")
        self.report("E121", self._mark(at), f"{name} is an alias", "write the value itself")
        self._place(Scalar(self.file, at.line + 1, at.column + 1, "", False))

    def _scalar(self, event: Any, at: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event, at)
        node = Scalar(self.file, at.line + 1, at.column + 1, event.value, not event.style)
        # The common case, spelt out for speed: a value behind its key.
        if self.waiting and (key := self.waiting[-1]) is not None:
            self.open[-1].pairs.append((key, node))  # type: ignore[union-attr]
            self.waiting[-1] = None
        else:
            self._place(node)

    def _sequence(self, event: Any, at: Any) -> None:
        self._start(Sequence(self.file, at.line + 1, at.column + 1), event, at)

    def _mapping(self, event: Any, at: Any) -> None:
        self._start(Mapping(self.file, at.line + 1, at.column + 1), event, at)

    def _end(self, event: Any, at: Any) -> None:
        self.open.pop()
        self.keys.pop()
        self.waiting.pop()

    def _start(self, node: Sequence | Mapping, event: Any, at: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event, at)
        if len(self.open) >= DEPTH_LIMIT:
            self._stop("E124", at, f"nested deeper than {DEPTH_LIMIT} levels", "look for brackets that are not closed")
        self._place(node)
        self.open.append(node)
        self.keys.append({})
        self.waiting.append(None)

    def _refuse_marks(self, event: Any, at: Any) -> None:
        if event.anchor is not None:
            self.report("E121", self._mark(at), f"{self._shown(f'&{event.anchor[:40]}')} is an anchor", "delete it")
        if event.tag is not None:
            self.report("E123", self._mark(at), f"{self._shown(show(event.tag))} is a tag", "delete it")

    def _shown(self, text: str) -> str:
        """Return what a message may show of a value: nothing of one that may be a secret."""
        key = self.waiting[-1] if self.waiting else None
        return MASK if key is not None and is_secret(key.text) else text

    def _place(self, node: Node) -> None:
        """Put a node where it belongs: at the top, in a list, as a key or behind its key."""
        if not self.open:
            self.top = node
            return
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif isinstance(parent, Mapping):
            self._place_in_mapping(parent, node)

    def _place_in_mapping(self, parent: Mapping, node: Node) -> None:
        key = self.waiting[-1]
        if key is not None:
            parent.pairs.append((key, node))
            self.waiting[-1] = None
        elif isinstance(node, Scalar):
            self._check_key(parent, node)
            self.waiting[-1] = node
        else:
            self.report("E127", node.mark, f"{node.shape} stands where a key belongs", "keys are plain names")
            self.waiting[-1] = Scalar(self.file, node.line, node.column, "", True)

    def _check_key(self, parent: Mapping, key: Scalar) -> None:
        if key.text == "<<" and key.plain:
            self.report("E122", key.mark, "<< merges another mapping into this one", "write the keys themselves")
        elif key.text in (seen := self.keys[-1]):
            first = seen[key.text]
            message = f"the key {show(key.text)} stands twice, first in line {first.line}"
            self.report("E125", key.mark, message, "keep one of them", first)
            self.repeated.append((parent, key))
        else:
            seen[key.text] = key.mark
