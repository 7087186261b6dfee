"""The registers of kinds: what a kind names is there, and no two are alike."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from virgem.modules.estate import kinds
from virgem.modules.estate.scalars import Identifier, InfoClass, VlanId
from virgem.modules.problem import UserError

FAMILIES = [(family, kind.id) for family in kinds.FAMILIES for kind in kinds.family(family).values()]


@pytest.mark.parametrize(("family", "name"), FAMILIES, ids=["/".join(pair) for pair in FAMILIES])
def test_a_kind_has_a_name_that_can_be_written(family: str, name: str) -> None:
    assert Identifier(name) == name
    assert kinds.family(family)[name].nl
    assert kinds.family(family)[name].en


def test_zone_kinds_have_vlans_of_their_own_and_services_that_exist() -> None:
    vlans = [VlanId(kind.vlan) for kind in kinds.zone_kinds().values()]
    assert len(set(vlans)) == len(vlans), "two zone kinds prefer one VLAN: choose a free id"
    assert 1 not in vlans
    for kind in kinds.zone_kinds().values():
        InfoClass(kind.classification)
        unknown = set(kind.services) - set(kinds.service_kinds())
        assert not unknown, f"zone kind {kind.id} names services that do not exist"


def test_zones_are_for_bodies_that_exist_and_whoever_needs_a_zone_has_a_kind_of_it() -> None:
    bodies = {kind.entity for kind in kinds.zone_kinds().values() if kind.entity}
    assert bodies <= set(kinds.entity_kinds())
    assert {kind.id for kind in kinds.entity_kinds().values() if kind.own_zone} <= bodies


def test_a_short_name_stands_for_one_kind() -> None:
    for family in kinds.FAMILIES:
        short = [alias for kind in kinds.family(family).values() for alias in kind.aliases]
        assert len(set(short)) == len(short)
        assert not set(short) & set(kinds.family(family))


def test_what_every_region_needs_is_of_some_kind() -> None:
    routers = [kind for kind in kinds.device_kinds().values() if kind.site_router]
    assert all(kind.role for kind in routers)
    assert sum(kind.usual for kind in routers) == 1
    assert any(kind.management for kind in kinds.zone_kinds().values())
    assert any(kind.usual for kind in kinds.entity_kinds().values())


def test_every_port_of_a_router_has_one_mark_of_its_own() -> None:
    ways = {(kind.port, kind.mark) for kind in kinds.link_kinds().values() if kind.tunnel}
    assert len({port for port, _ in ways}) == len(ways), "kinds of link by one port share its mark"
    assert len({mark for _, mark in ways}) == len(ways), "two ports share a mark: choose a free one"
    assert all(len(port) <= 15 for port, _ in ways), "a Linux interface has at most 15 characters"


def test_what_sites_and_devices_bring_exists() -> None:
    for site in kinds.site_kinds().values():
        assert set(site.zones) <= set(kinds.zone_kinds()), f"site kind {site.id} names zones that do not exist"
        assert site.link in kinds.link_kinds()
        assert site.entity in kinds.entity_kinds()
    for device in kinds.device_kinds().values():
        assert device.zone in kinds.zone_kinds(), f"device kind {device.id} lives in a zone that does not exist"


PRINTERS = 'ZoneKind(id="stone-presses", nl="Persen", en="Presses", icr=Icr.DEVICE, '
RADIO = 'LinkKind(id="fire-balloon", nl="Ballon", en="Balloon", medium=Medium.RADIO, capacity=1, tunnel=True, '
MISTAKES = {
    "an attribute is missing": ("zones", PRINTERS + "hosts=5)", "TypeError: ZoneKind.__init__() missing 1 required"),
    "no Python": ("zones", PRINTERS, "SyntaxError: '(' was never closed"),
    "of another family": (
        "zones",
        'EntityKind(id="stone-presses", nl="P", en="P")',
        "defines no KIND that is a ZoneKind",
    ),
    "a VLAN of another": (
        "zones",
        PRINTERS + "vlan={sensors}, hosts=5)",
        "its VLAN {sensors} is that of 'sensors' too",
    ),
    "no VLAN": ("zones", PRINTERS + "vlan=4711, hosts=5)", "its vlan: 4711 "),
    "no such service": ("zones", PRINTERS + 'vlan=3999, hosts=5, services=("dsn",))', "named 'dsn' among the services"),
    "no such body": ("zones", PRINTERS + 'vlan=3999, hosts=5, entity="guild")', "named 'guild' among the entities"),
    "an id of another": ("entities", 'EntityKind(id="fire", nl="Brand", en="Fire")', "there is a kind 'fire' already"),
    "no id": ("entities", 'EntityKind(id="Fire Two", nl="Brand", en="Fire")', "its id: "),
    "a short name": (
        "entities",
        'EntityKind(id="gild", nl="G", en="G", aliases=("fire",))',
        "its short name 'fire' is",
    ),
    "a mark of another": (
        "links",
        RADIO + 'port="air0", mark={mark})',
        "its mark, by another port, {mark} is that of ",
    ),
    "another mark": ("links", RADIO + 'port="{port}", mark=238)', "its port, with another mark, '{port}' is that of "),
    "no mark": ("links", RADIO + 'port="air0", mark=1001)', "its mark 1001 is not one of 1 to 252, or 0 for none"),
    "a long port": ("links", RADIO + 'port="balloon-and-line", mark=238)', "has more than 15 characters"),
    "no such zone": ("devices", 'DeviceKind(id="loom", nl="G", en="L", zone="mill")', "named 'mill' among the zones"),
    "no such link": (
        "sites",
        'SiteKind(id="glass-mill", nl="M", en="M", zones={{}}, link="rope")',
        "'rope' among the links",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_a_kind_names_its_file(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family, text, said = MISTAKES[case]
    radio = next(kind for kind in kinds.link_kinds().values() if kind.mark)
    known = {"sensors": kinds.zone_kinds()["sensors"].vlan, "mark": radio.mark, "port": radio.port}
    head = "from virgem.modules.estate.kinds.types import *\n"
    (tmp_path / "newcomer.py").write_text(f"{head}KIND = {text.format(**known)}\n")
    package = importlib.import_module(f"{kinds.__name__}.{family}")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    kinds.family.cache_clear()
    try:
        with pytest.raises(UserError, match=re.escape(said.format(**known))) as refused:
            kinds.family(family)
    finally:
        kinds.family.cache_clear()
        sys.modules.pop(f"{package.__name__}.newcomer", None)
    assert f"kinds/{family}/newcomer.py" in refused.value.message
    assert "types.py explains" in refused.value.hint or "already" in said
