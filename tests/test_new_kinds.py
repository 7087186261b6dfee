"""A kind is one file: dropped into its folder, it gets what its attributes ask for, and no other code knows of it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from regions import HALL, KORTRIJK, WAREGEM, from_files, planned, texts

from virgem.modules.devices.inventory import inventory
from virgem.modules.estate import kinds
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names, render_site

# Names and numbers that no newcomer would choose, as the kinds that there will be are not known.
NEW = {
    "zones": 'ZoneKind(id="crow-nest", nl="Kraaiennest", en="Crow nest", icr=Icr.APPLICATION, vlan=3987, hosts=12, '
    "management=True, filters=True)",
    "links": 'LinkKind(id="pigeon-post", nl="Postduif", en="Pigeon post", medium=Medium.RADIO, capacity=10**8, '
    'tunnel=True, port="pigeon0", mark=239, aliases=("coo",))',
    "devices": 'DeviceKind(id="ship-bell", nl="Router", en="Router", zone="crow-nest", role="bell_router", '
    "site_router=True)",
    "services": 'ServiceKind(id="town-crier", nl="Omroeper", en="Town crier", ports=("tcp/853",), zone=Icr.DMZ, '
    "usual=True, for_all_servers=True, resolves=True, tells_time=True)",
    "entities": 'EntityKind(id="alchemists", nl="Alchemisten", en="Alchemists", usual=True, own_sites=True)',
}
CENTRES = {"west": {"at": "waregem/hall"}}
PARK = {"kind": "cabinet", "link": "coo", "without": ["management"], "zones": {"crow-nest": {}}}
TOWNS: dict[str, dict[str, Any]] = {KORTRIJK: {"hall": HALL, "park": PARK}, WAREGEM: {"hall": HALL}}
ROUTERS = b"serial,profile,site\nE-1,bell-1,kortrijk/park\n"
PROFILES = {
    "profiles": {"bell-1": {"kind": "ship-bell"}},
    "contracts": {
        "c": {
            "authority": "Leiedal",
            "supplier": "Net",
            "start": "2026-01-01",
            "end": "2029-12-31",
            "ceiling": 1000,
            "items": {"bell-1": {"profile": "bell-1", "model": "E1", "price": 10}},
        }
    },
}


def forget() -> None:
    for remembered in (kinds.family, kinds.aliases, names.link_kind, names.zone_kind):
        remembered.cache_clear()


@pytest.fixture
def new_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for family, text in NEW.items():
        (tmp_path / family).mkdir()
        head = "from virgem.modules.estate.kinds.types import *\n"
        (tmp_path / family / "newcomer.py").write_text(f"{head}KIND = {text}\n")
        package = importlib.import_module(f"{kinds.__name__}.{family}")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / family)])
    forget()
    yield
    forget()
    for family in NEW:
        sys.modules.pop(f"{kinds.__name__}.{family}.newcomer", None)


def park(plan: NetworkPlan) -> RouterPlan:
    return plan.router_at["kortrijk/park"]


@pytest.mark.usefixtures("new_kinds")
def test_a_newcomer_gets_what_its_attributes_ask_for() -> None:
    region = from_files({**texts(TOWNS, datacentres=CENTRES, **PROFILES), "devices/kortrijk.csv": ROUTERS})
    plan = planned(region)[0]
    rules = {rule.id for rule in plan.rules}
    assert {"zone-crow-nest-internet", "shared-crow-nest-sites", "cloud-town-crier"} <= rules
    assert {name.partition(".")[0] for name in plan.name_servers} >= {"town-crier-1", "dns-1"}
    assert {entity.kind for entity in region.municipalities[0].entities} >= {"alchemists", "municipality"}
    text = render_site(plan, park(plan))
    assert "FwMark = 239" in "".join(body for name, body in text.items() if name.startswith("wireguard/"))
    assert "    pigeon0:" in text["netplan.yaml"].splitlines()
    found = inventory(region, plan)
    assert found.groups["k_ship_bell"] == found.groups["bell_router"] == (park(plan).name,)
    assert set(found.groups["k_router"]) == {router.name for router in plan.routers} - {park(plan).name}
    host = next(host for host in found.hosts if host.name == park(plan).name)
    zone = next(zone for zone in park(plan).zones if zone.zone.id == "crow-nest")
    assert host.variables["ansible_host"] == str(zone.gateway4)
