"""The pictures with their titles and remarks."""

from __future__ import annotations

from virgem.modules.reports.page.markup import esc
from virgem.modules.reports.page.view import View
from virgem.modules.reports.pictures.map import region_map
from virgem.modules.reports.pictures.racks import rack_elevations
from virgem.modules.reports.pictures.topology import topology


def pictures(view: View) -> str:
    """Return the sections of the map, of the structure of the network and, where there are any, of racks."""
    towns = frozenset(town.id for town in view.towns)
    drawn = region_map(view.facts.estate, view.facts.plan, towns, view.speech)
    remarks = [view.speech(key, **values) for key, values in drawn.remarks]
    structure = topology(view.facts.estate, view.facts.plan, towns, view.speech)
    racks = rack_elevations(view.facts.estate, view.speech)
    sections = [_section(view, "map", drawn.svg, remarks), _section(view, "topology", structure, [])]
    return "\n".join([*sections, *([_section(view, "elevations", racks, [])] if racks else [])])


def _section(view: View, key: str, svg: str, remarks: list[str]) -> str:
    speech = view.speech
    text = esc(" ".join([speech(f"{key}-why"), *remarks]))
    return (
        f'<section id="{key}" aria-labelledby="h-{key}"><h2 id="h-{key}">{speech.html(key)}</h2>\n'
        f'<figure><div class="scroll" tabindex="0" role="group" aria-labelledby="h-{key}">{svg}</div>\n'
        f"<figcaption>{text}</figcaption></figure></section>"
    )
