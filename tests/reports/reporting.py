"""A small region that shows every kind of fact, and its report."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from regions import HALL, KORTRIJK, KUURNE, WAREGEM, from_files, planned, texts

from virgem.modules import reports
from virgem.modules.estate.loader import SourceFiles
from virgem.modules.planning import Ready

DAY = datetime.date(2026, 6, 30)
# Tables that the region leaves empty; the example estate fills them.
EMPTY = frozenset(
    (
        "attestations",
        "capacity",
        "catalogue",
        "datasets",
        "deliveries",
        "machines",
        "names",
        "orders",
        "principles",
        "problems",
        "racks",
        "spans",
        "storage",
    )
)
HEADS = "serial,profile,site,state,bought,support-end,mac"


def ready(files: Mapping[str, bytes]) -> Ready:
    """Return files that have no errors with their plan."""
    estate = from_files(files)
    plan, lock = planned(estate)
    sources = SourceFiles(files=files)
    return Ready(folder=Path(), estate=estate, plan=plan, lock=lock, problems=(), waived=(), sources=sources)


def region(label: str = "Test", devices: int = 5, **keys: Any) -> dict[str, bytes]:
    """Return the files of three municipalities with devices, a tenant, a contract and more; `label` is shown."""
    sites = {
        "stadhuis": {**HALL, "label": label},
        "bib": {"kind": "library", "link": {"provider-fibre": "1G", "backup": "4g"}},
    }
    cloud = {
        "servers": {"web": {"count": 2, "tier": "dmz", "serves": [443]}},
        "volumes": {"v": {"size": 10}},
        "load-balancers": {"web": {"servers": ["web"]}},
    }
    share = {"label": label, "cloud": {"quota": "small", **cloud}, "services": ["dns"]}
    main = {
        "label": label,
        "datacentres": {"west": {"at": "kortrijk/stadhuis"}, "east": {"at": "waregem/stadhuis"}},
        "services": {"dns": {}},
        "prices": {"core": 4.5, "shared": {"board": {"amount": 1000, "key": "inhabitants"}}},
        "upstreams": {"internet": {}},
        "profiles": {"laptop": {"kind": "laptop", "label": label}, "camera": {"kind": "camera"}},
        "rings": {"pilot": {"share": 10}, "all": {"share": 90}},
        "owners": {"ict-manager": {"label": label}},
        "contracts": {"work": _contract(label, "2026-09-30"), "old": _contract(label, "2026-01-31")},
        "risks": {"fire": {"label": label, "likelihood": 2, "impact": 4, "owner": "ict-manager"}},
        "waivers": {"w": {"rule": "W702", "reason": label, "owner": "ict-manager", "expires": "2026-07-31"}},
        **keys,
    }
    files = texts(
        {KORTRIJK: sites, WAREGEM: {"stadhuis": HALL}, KUURNE: {"gemeentehuis": HALL}}, {KORTRIJK: share}, **main
    )
    rows = [HEADS, *(_device(number) for number in range(devices))]
    return files | {"devices/34022-kortrijk.csv": ("\n".join(rows) + "\n").encode()}


def _contract(label: str, end: str) -> dict[str, Any]:
    return {"label": label, "authority": label, "supplier": label, "start": "2025-01-01", "end": end, "ceiling": 1000}


def _device(number: int) -> str:
    """The first is out of support, the second has no known end, the third is lost."""
    state = "lost" if number == 2 else "in-service"
    support = "2026-01-31" if number == 0 else "" if number == 1 else "2031-01-31"
    profile = "camera" if number % 3 == 1 else "laptop"
    return f"S{number:05},{profile},kortrijk/{'bib' if number % 2 else 'stadhuis'},{state},2025-01-31,{support},"


@cache
def report(label: str = "Test", devices: int = 5, **options: Any) -> Mapping[str, bytes]:
    """Return the files of the region's report."""
    return reports.inventory_report(ready(region(label, devices)), as_of=DAY, **options)


def page(language: str, label: str = "Test", devices: int = 5) -> str:
    """Return the page of the region's report."""
    return report(label, devices)[f"inventory.{language}.html"].decode()
