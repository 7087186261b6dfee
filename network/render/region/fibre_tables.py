"""fibre/*.csv: demands with their ways, what cuts of ducts do, the capacity they leave, and the optics of links."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from virgem.network.fibre.model import DemandPlan, FibrePlan, LitLink, Path
from virgem.network.model import NetworkPlan
from virgem.network.render.base import RegionRenderer

Row = tuple[object, ...]
_WAY = ("datacentre", "ducts", "spans", "km")
_DEMANDS = (
    "site",
    "class",
    *(f"{part}_{number}" for number in (1, 2) for part in _WAY),
    "disjoint",
    "node_disjoint",
    "severed_by",
    "survives_every_duct_cut",
)
_LINKS = ("link", "between", "bps", "spans", "km", "nm", "loss_db", "transceiver", "budget_db", "margin_db", "ps_nm")


def files(plan: NetworkPlan) -> Mapping[str, str]:
    """Return the tables; none where the estate declares no fibre."""
    fibre = plan.fibre
    if not fibre.pops:
        return {}
    tables = {
        "demands": _table(_DEMANDS, map(_demand, fibre.demands)),
        "cuts": _table(("duct", "site", "paths_lost", "left"), _cuts(fibre)),
        "capacity": _table(("duct", "hub", "bps_left", "bps"), _capacity(fibre)),
        "links": _table(_LINKS, map(_link, fibre.links)),
    }
    return {f"fibre/{name}.csv": text for name, text in tables.items()}


def _table(head: Row, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def _demand(demand: DemandPlan) -> Row:
    ways = [_way(path) for path in demand.paths] + [("", "", "", "")] * (2 - len(demand.paths))
    apart = len(demand.paths) == 2
    severed = " ".join(demand.severed_by)
    said = (_yes(apart), _yes(demand.node_disjoint), severed, _yes(demand.survives))
    return (demand.site, demand.classification, *ways[0], *ways[1], *said)


def _way(path: Path) -> Row:
    return (path.datacentre, " ".join(path.ducts), " ".join(path.spans), f"{path.km:.3f}")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _cuts(fibre: FibrePlan) -> Iterable[Row]:
    return ((loss.duct, loss.site, " ".join(map(str, loss.paths)), loss.left) for loss in fibre.losses)


def _capacity(fibre: FibrePlan) -> Iterable[Row]:
    return ((row.duct, row.hub, row.left, row.whole) for row in fibre.narrowings)


def _link(link: LitLink) -> Row:
    optics = (link.wavelength, f"{link.loss:.2f}", link.transceiver, f"{link.budget:.1f}", f"{link.margin:.2f}")
    ways = (link.id, " ".join(link.between), link.capacity, " ".join(link.spans), f"{link.km:.3f}")
    return (*ways, *optics, f"{link.dispersion:.0f}")


REGION_RENDERER = RegionRenderer(name="fibre-tables", files="fibre/*.csv", render=files)
