"""A checker of HTML: what a validator and an accessibility tool would say of the form of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "img", "link", "hr"}


@dataclass
class Element:
    """An element with its attributes, children and own text."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield the elements within, in order, of some kinds (none: all)."""
        for child in self.children:
            if not tags or child.tag in tags:
                yield child
            yield from child.all(*tags)

    def one(self, id_: str) -> Element:
        """Return the element with an id."""
        return next(e for e in self.all() if e.attributes.get("id") == id_)

    @property
    def text(self) -> str:
        """All text within."""
        return "".join([*self.pieces, *(child.text for child in self.children)])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.mistakes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.mistakes.append(f"<{tag}> names an attribute twice")
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.mistakes.append(f"</{tag}> ends <{self.open[-1].tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.open[-1].pieces.append(data)


def read(page: str) -> tuple[Element, list[str]]:
    """Return the tree of a page and what is wrong with its form."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    left = [f"<{element.tag}> is not ended" for element in reader.open[1:]]
    return reader.root, [*reader.mistakes, *left, *_mistakes(reader.root)]


def _mistakes(root: Element) -> Iterator[str]:
    yield from _ids(root)
    yield from _controls(root)
    yield from _headings(root)
    yield from _tables(root)
    for picture in root.all("svg"):
        if picture.attributes.get("aria-hidden") != "true" and picture.attributes.get("role") != "img":
            yield "a picture has neither a role nor is it hidden"


def _ids(root: Element) -> Iterator[str]:
    ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
    yield from (f"id {id_} stands twice" for id_ in sorted({i for i in ids if ids.count(i) > 1}))
    for element in root.all():
        for name in ("aria-labelledby", "for"):
            for id_ in element.attributes.get(name, "").split():
                if id_ not in ids:
                    yield f"{name}={id_} leads nowhere"
        link = element.attributes.get("href", "")
        if link.startswith("#") and link[1:] not in ids:
            yield f"{link} leads nowhere"


def _controls(root: Element) -> Iterator[str]:
    labelled = {label.attributes["for"] for label in root.all("label") if label.text.strip()}
    for control in root.all("input", "select"):
        if control.attributes.get("id") not in labelled:
            yield f"<{control.tag}> has no label"
    for named in root.all("a", "button"):
        if not named.text.strip():
            yield f"<{named.tag}> has no text"


def _headings(root: Element) -> Iterator[str]:
    levels = [int(element.tag[1]) for element in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        yield "there is not one <h1>"
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"<h{after}> follows <h{before}>"


def _tables(root: Element) -> Iterator[str]:
    for table in root.all("table"):
        if not any(child.tag == "caption" and child.text.strip() for child in table.children):
            yield "a table has no caption"
        widths = {len(row.children) for row in table.all("tr")}
        if len(widths) != 1:
            yield f"a table has rows of {widths} cells"
        for head in table.all("th"):
            if head.attributes.get("scope") not in ("col", "row"):
                yield "a table's head has no scope"
