"""fibre/fibre.geojson: points of presence and ducts on the map (RFC 7946).

A point tells its site, the datacentres there and the spans that end at it, a duct the spans that run through it, so
this file and demands.csv are enough to judge every demand anew. Points of one site are one place, where fibres are
patched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from virgem.network.fibre.model import DuctPlan, FibrePlan, PopPlan
from virgem.network.model import NetworkPlan
from virgem.network.render.base import RegionRenderer

FILE = "fibre/fibre.geojson"


def files(plan: NetworkPlan) -> Mapping[str, str]:
    """Return the map; none where the estate declares no fibre."""
    return {FILE: _map(plan.fibre)} if plan.fibre.pops else {}


def _map(fibre: FibrePlan) -> str:
    features = [*map(_pop, fibre.pops), *map(_duct, fibre.ducts)]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _pop(pop: PopPlan) -> object:
    named = {"site": pop.site, "datacentre": pop.datacentre, "label": pop.label, "owner": pop.owner}
    properties = {"id": pop.id, "kind": "pop", **_told(named), "spans": pop.spans}
    return _feature(f"pop:{pop.id}", "Point", pop.at, properties)


def _duct(duct: DuctPlan) -> object:
    properties = {
        "id": duct.id,
        "kind": "duct",
        "ends": duct.ends,
        "length": duct.km,
        "cables": duct.cables,
        "spans": duct.spans,
        **({"owner": " ".join(duct.owners)} if duct.owners else {}),
        **_told({"manager": duct.manager}),
    }
    return _feature(f"duct:{duct.id}", "LineString", duct.route, properties)


def _told(values: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in values.items() if value}


def _feature(id_: str, kind: str, coordinates: object, properties: Mapping[str, object]) -> object:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "id": id_, "geometry": geometry, "properties": properties}


REGION_RENDERER = RegionRenderer(
    name="fibre-map", files=FILE, render=files, checker=("python3", "-m", "json.tool", "{file}", "/dev/null")
)
