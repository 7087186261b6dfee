"""From the files of an estate to the typed estate: every mistake told in one run, at its place.

`read_folder` is the only part that touches the disk; `load` is pure. The steps of `load`: text to nodes, nodes to raw
values, default objects, references, default values, ends of flows, devices, frozen model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from virgem.modules import collector
from virgem.modules.estate import defaults, rack_names, references
from virgem.modules.estate.csv_text import DeviceReader
from virgem.modules.estate.decode import decode
from virgem.modules.estate.merging import merged, spread
from virgem.modules.estate.model import Estate, Municipality, Operator, Pools
from virgem.modules.estate.nodes import Mapping, Node, Scalar
from virgem.modules.estate.plain_text import plain_text
from virgem.modules.estate.plans import plan_of
from virgem.modules.estate.public import PublicMunicipality, code_meant, merged_into, municipality
from virgem.modules.estate.raw import Raw
from virgem.modules.estate.references import Index, Unread
from virgem.modules.estate.scalars import Identifier, Label, show
from virgem.modules.estate.sources import MAIN, SourceFiles, read_folder
from virgem.modules.estate.strays import DEVICES, MUNICIPALITIES
from virgem.modules.estate.values import Context
from virgem.modules.estate.yaml_text import read
from virgem.modules.problem import Mark, Problem, ProblemsFound

__all__ = ["API_VERSION", "Loaded", "SourceFiles", "load", "read_folder"]

API_VERSION = "virgem/v1"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading found, problems sorted by place.

    With errors among the problems the estate, if there is one, lacks what could not be read: it serves to look for
    further mistakes, not to plan with.
    """

    estate: Estate | None
    problems: tuple[Problem, ...]
    sources: SourceFiles


def load(sources: SourceFiles) -> Loaded:
    """Return the estate that the files describe, with every mistake in them."""
    loading = _Loading(sources)
    with collector.paused():
        estate = loading.run()
    return Loaded(estate, _without_echoes(loading.ctx.problems), sources)


def _without_echoes(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems sorted, without those about a value whose very text was refused: a tag, an alias."""
    found = sorted(set(problems))
    texts = {problem.mark for problem in found if problem.code.startswith("E1")}
    return tuple(p for p in found if p.code.startswith("E1") or p.mark not in texts)


def _stand_in(estate: Raw) -> None:
    """Put harmless values where an estate lacks what it cannot do without, so that the rest of it can be looked at.

    The mistake itself has been told: such an estate is never planned with.
    """
    estate.values = {"api_version": API_VERSION, "name": Identifier("unnamed"), **estate.values}
    needs: dict[str, tuple[type, dict[str, Any]]] = {
        "operator": (Operator, {"name": Label("unknown")}),
        "pools": (Pools, {"ipv4": (), "ipv6": ()}),
    }
    for name, (cls, values) in needs.items():
        raw = estate.get(name) or Raw(plan_of(cls), estate.origin)
        raw.values, raw.broken = {**values, **raw.values}, False
        estate.values[name] = raw
    estate.broken = False


class _Loading:
    def __init__(self, sources: SourceFiles) -> None:
        self.sources = sources
        self.ctx = Context()
        self.ctx.problems.extend(sources.problems)
        self.unread = Unread()
        self.towns: dict[str, Raw] = {}
        self.publics: dict[Raw, PublicMunicipality] = {}
        for found in sources.problems:
            self._note_unread(found.mark.file)

    def run(self) -> Estate | None:
        """Walk all steps."""
        root = self._operator()
        for file in self._files(MUNICIPALITIES):
            self._town(file)
        if root is None:
            return None
        estate, whole = root
        references.name_items(estate, self.towns.values())
        defaults.name_kinds(estate, self.towns.values(), self.ctx)
        uses = self.ctx.uses
        services, entities = references.services_used(uses), references.entities_used(uses)
        defaults.complete(estate, self.towns, services, entities)
        where = references.index(estate, self.towns)
        references.resolve(self.ctx.uses, where, self.unread, self.ctx)
        defaults.fill(estate, self.towns.values(), self.publics, self.ctx)
        references.check_names(estate, self.towns.values(), self.ctx)
        rack_names.check_racks(estate, self.ctx)
        references.check_ends(self.ctx.uses, estate, where, self.unread, self.ctx)
        estate.origin = spread(estate.origin, whole, estate.plan)
        return self._built(estate, where)

    def _built(self, estate: Raw, where: Index) -> Estate | None:
        devices = self._devices(where)
        towns = [town for raw in self.towns.values() if (town := raw.build()) is not None]
        estate.values["municipalities"] = tuple(sorted(towns, key=lambda town: str(town.nis)))
        estate.values["devices"] = devices
        _stand_in(estate)
        built: Estate | None = estate.build()
        return built

    def _files(self, folder: str) -> Iterable[str]:
        return [name for name in self.sources.files if name.rpartition("/")[0] == folder]

    def _note_unread(self, file: str) -> None:
        """Remember that a file could not be read, so that what it may hold is not called missing."""
        folder, _, name = file.rpartition("/")
        if folder == MUNICIPALITIES:
            known = municipality(name[:5])
            if known is None:
                self.unread.any_town = True
            else:
                self.unread.towns.add(known.id)
        elif not folder and file.endswith((".yaml", ".yml")):
            self.unread.operator = True
        elif not folder and file != DEVICES:
            self.unread.any_town = True  # a folder in which towns may lie

    def _top(self, file: str) -> Node | None:
        try:
            top, problems = read(file, plain_text(file, self.sources.files[file]))
        except ProblemsFound as found:
            top, problems = None, found.problems
        self.ctx.problems.extend(problems)
        if top is None:
            self._note_unread(file)
        return top

    def _operator(self) -> tuple[Raw, Mapping] | None:
        """Return the estate's own values from the operator's files, and the one mapping they make."""
        names = sorted(self._files(""), key=lambda name: (name != MAIN, name))
        tops = [top for name in names if (top := self._top(name)) is not None]
        mappings = [top for top in tops if isinstance(top, Mapping)]
        plan = plan_of(Estate)
        for top in tops:
            if not isinstance(top, Mapping):
                decode(top, plan, self.ctx)
                self.unread.operator = True
        if not mappings:
            if not self.ctx.problems:
                self.ctx.report("E129", Mark(MAIN), f"there is no {MAIN}")
            return None
        whole = merged(mappings, plan, self.ctx)
        before = len(self.ctx.problems)
        estate = decode(whole, plan, self.ctx)
        if self.unread.operator:
            self._forget_missing(estate, before)
        self._check_version(whole)
        return estate, whole

    def _forget_missing(self, estate: Raw, since: int) -> None:
        """Drop complaints about missing keys: they may stand in the file that could not be read."""
        mark = estate.origin.mark
        kept = [p for p in self.ctx.problems[since:] if not (p.code == "E202" and p.mark == mark)]
        self.ctx.problems[since:] = kept

    def _check_version(self, whole: Mapping) -> None:
        for key, value in whole.pairs:
            if key.text == "apiVersion" and isinstance(value, Scalar) and value.text != API_VERSION:
                message = f"{show(value.text)} is not a version that this virgem reads"
                self.ctx.report("E210", value.mark, message, f"write {API_VERSION}")

    def _town(self, file: str) -> None:
        top = self._top(file)
        if top is None:
            return
        public, nis = self._public_of(top)
        self.ctx.scope = public.id if public is not None else "unknown"
        raw = decode(top, plan_of(Municipality), self.ctx)
        self.ctx.scope = ""
        if public is None:
            raw.broken = True
            self._note_unread(file)
            self.unread.any_town = True
        elif (other := self.towns.get(public.id)) is not None:
            place = other.origin.at("nis")
            message = f"{public.name} also has the file {place.file}"
            mark = nis.mark if nis is not None else top.mark
            named = municipality(_code_in_name(file))
            other_town = named is not None and named is not public
            hint = f"did you mean {named.nis}, {named.name}?" if named and other_town else "join the two files"
            self.ctx.report("E304", mark, message, hint, (place,))
            self.unread.towns.add(public.id)
            self._note_unread(file)
        else:
            self.towns[public.id] = raw
            self.publics[raw] = public

    def _public_of(self, top: Node) -> tuple[PublicMunicipality | None, Scalar | None]:
        """Return the public record of the municipality that a file is about, told from its first key."""
        pairs = top.pairs if isinstance(top, Mapping) else []
        found = next((value for key, value in pairs if key.text == "municipality"), None)
        if not isinstance(found, Scalar) or found.empty:
            return None, None
        public = municipality(found.text)
        if public is None:
            self._no_such_town(found)
        return public, found

    def _no_such_town(self, node: Scalar) -> None:
        if not (len(node.text) == 5 and node.text.isascii() and node.text.isdigit()):
            return  # no NIS code at all: the field's own type says so
        if (now := merged_into(node.text)) is not None:
            hint = f"write {now.nis}, the code of {now.name}"
            self.ctx.report("E307", node.mark, f"the municipality {node.text} merged into {now.name}", hint)
        elif node.text[0] != "0":
            # A file named after a municipality is about that one.
            near = municipality(_code_in_name(node.mark.file)) or code_meant(node.text)
            hint = f"did you mean {near.nis}, {near.name}?" if near is not None else ""
            self.ctx.report("E306", node.mark, f"no Flemish municipality has the NIS code {node.text}", hint)

    def _devices(self, where: Index) -> Any:
        reader = DeviceReader(self.ctx, references.DeviceFinder(where, self.unread, self.ctx))
        for file in self._files(DEVICES):
            try:
                reader.read(file, plain_text(file, self.sources.files[file]))
            except ProblemsFound as found:
                self.ctx.problems.extend(found.problems)
        devices = reader.finish()
        references.tell_missing(self.ctx)
        return devices


def _code_in_name(file: str) -> str:
    """Return where the NIS code stands in the name of a municipality's file, 34022-kortrijk.yaml."""
    return file.rpartition("/")[2][:5]
