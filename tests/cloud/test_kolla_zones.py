"""Of each availability zone one makes the host aggregate: Kolla-Ansible or the shared stack."""

from __future__ import annotations

from pathlib import Path

import yaml

from virgem.modules.cloud.kolla import kolla_files

from .racked import centre, region


def test_kolla_makes_the_zones_that_the_shared_stack_does_not(tmp_path: Path) -> None:
    zones = {}
    for answer in (False, True):
        west = centre("west", more=f"    aggregate: {str(answer).lower()}\n")
        (tmp_path / str(answer)).mkdir()
        estate = region(tmp_path / str(answer), west, centre("east")).estate
        assert estate is not None
        told = yaml.safe_load(kolla_files(estate)["inventory.yml"])["all"]["hosts"]
        zones[answer] = {name: found.get("nova_compute_availability_zone") for name, found in told.items()}
    assert (zones[False]["west-compute-1"], zones[True]["west-compute-1"]) == ("west", None)
    assert zones[False]["east-compute-1"] == zones[True]["east-compute-1"] == "east"
    assert zones[False]["west-storage-1"] is None
