"""The places of a local cloud, of an estate or as they are when nobody says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virgem.modules.cli.main import main
from virgem.modules.estate.loader import load
from virgem.modules.estate.model import Estate
from virgem.modules.estate.sources import read_folder
from virgem.modules.estate.validation import sound
from virgem.modules.problem import UserError
from virgem.modules.twin import places
from virgem.modules.twin.openstack import control, instance
from virgem.modules.twin.openstack.places import Places
from virgem.modules.twin.openstack.settings import Setting
from virgem.modules.twin.places import of_estate

ESTATE = """\
apiVersion: virgem/v1
name: een
operator: Leiedal
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  noord: { at: kortrijk/bib }
  zuid:
    at: kortrijk/stadhuis
    aggregate: true
    racks: { r1: { feeds: { a: 5900, b: 5900 } } }
    hosts:
      reken: { roles: compute, rack: r1, position: 1, count: 2, cores: 32, ram-gb: 256, watts: 400, bmc: 172.20.1.11 }
"""
TOWN = "municipality: 34022\nsites: { stadhuis: town-hall, bib: library }\n"


def folder(tmp_path: Path, text: str = ESTATE) -> Path:
    made = tmp_path / "een"
    (made / "municipalities").mkdir(parents=True)
    (made / "estate.yaml").write_text(text)
    (made / "municipalities" / "kortrijk.yaml").write_text(TOWN)
    return made


def estate(tmp_path: Path) -> Estate:
    found = sound(load(read_folder(folder(tmp_path))))
    assert found
    return found


def test_an_estate_has_a_zone_for_each_datacentre_and_names_the_hosts_of_those_it_makes(tmp_path: Path) -> None:
    found = of_estate(estate(tmp_path))
    assert found == Places(zones=("noord", "zuid"), hosts={"zuid": ("zuid-reken-1", "zuid-reken-2")})


def test_more_hosts_than_a_process_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_MOST_HOSTS", 1)
    with pytest.raises(UserError, match="the zones that een makes have 2 hosts that compute; here are 1 at most"):
        of_estate(estate(tmp_path))


def test_the_launcher_is_told_the_hosts_and_which_zones_are_none_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control.installing, "database_programs", lambda: ("server", "installer"))
    found = of_estate(estate(tmp_path))
    wanted = Setting(
        folder=tmp_path,
        environment=tmp_path,
        port_base=15000,
        secrets=instance.new_secrets(),
        zones=found.zones,
        hosts=found.hosts,
    )
    told = json.loads(json.dumps(control.launch(wanted, "serve")))
    assert told["zones"] == {
        "noord": ["noord-1", "noord-2", "noord-3"],
        "zuid": ["zuid-reken-1", "zuid-reken-2"],
    }
    assert told["bare"] == ["zuid"]


def test_one_that_is_up_in_other_places_is_told(tmp_path: Path) -> None:
    state = instance.State(name="one", token="t", port_base=15000)
    for same in (None, Places()):
        control._check_same(state, None, same)
    for other, said in (
        (Places(zones=("noord",)), "one is up with the zones west, east \\("),
        (Places(hosts={"west": ("a",)}), "one is up with the zones west, east and other hosts \\("),
    ):
        with pytest.raises(UserError, match=said) as raised:
            control._check_same(state, 15000, other)
        assert "virgem twin down --name one" in str(raised.value.hint)


def test_zones_are_named_once_and_by_up_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "up", "--zones", "noord", "--estate", str(tmp_path)]) == 1
    assert "--estate names the zones already" in capsys.readouterr().err
    assert main(["twin", "down", "--estate", str(tmp_path)]) == 1
    assert "--estate says nothing to down" in capsys.readouterr().err


def test_an_estate_with_errors_starts_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = folder(tmp_path, ESTATE.replace("roles: compute", "roles: compte"))
    assert main(["twin", "up", "--estate", str(broken)]) == 1
    said = capsys.readouterr().err
    assert "did you mean compute?" in said
    assert "the estate has 1 error" in said
