"""A router is given the files of its plan or none: a folder that is missing, old or not whole takes nothing off it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from regions import HALL, KORTRIJK, WAREGEM, texts
from support import ROOT

from virgem.modules.cli.main import main
from virgem.modules.planning import prepare, unlike

ROLE = ROOT / "playbooks" / "roles" / "site_router"
DEPOT = {"kind": "depot", "link": "internet-vpn"}
TOWNS = {KORTRIJK: {"hall": HALL, "depot": DEPOT}, WAREGEM: {"hall": HALL}}
ROUTERS = {"rtr-kortrijk-hall", "rtr-kortrijk-depot", "rtr-waregem-hall"}
DEPOT_ROUTER, FOLDER = "rtr-kortrijk-depot", "network/34022-kortrijk/depot"


def tool(folder: Path, name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = (str(Path(sys.executable).with_name(name)), *arguments)
    settings = {"ANSIBLE_CONFIG": str(ROOT / "playbooks/ansible.cfg"), "ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1"}
    settings |= {**os.environ, **settings, **environment}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=settings)


def estate(folder: Path) -> Path:
    """An estate in `e`, where no plan was made yet."""
    for name, text in texts(TOWNS, datacentres={"west": {"at": "kortrijk/hall"}}).items():
        (folder / "e" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "e" / name).write_bytes(text)
    return folder / "e"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an estate in `e`."""
    estate(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(folder: Path, **environment: str) -> tuple[dict[str, str], str, dict[str, Any]]:
    """What the inventory says against the files of routers, what it warned of, and all variables."""
    done = tool(folder, "ansible-inventory", "--list", "-i", "e/estate.yaml", **environment)
    assert done.returncode == 0, done.stderr
    # What is not to be templated is wrapped.
    listed = json.loads(done.stdout, object_hook=lambda found: found.get("__ansible_unsafe", found))
    variables = listed["_meta"]["hostvars"]
    refused = {name: own["virgem_unrendered"] for name, own in variables.items() if "virgem_unrendered" in own}
    return refused, done.stderr, variables


def test_routers_are_refused_until_the_estate_is_planned(folder: Path) -> None:
    refused, warned, _ = told(folder)
    assert refused.keys() == ROUTERS
    assert refused[DEPOT_ROUTER] == f"{folder}/build/test/{FOLDER} is not there"
    assert "files of 3 routers" in warned
    assert "run virgem plan, or name the folder of its results with VIRGEM_RESULTS" in warned


def test_the_inventory_reads_where_a_plan_writes_by_itself_and_where_it_is_told_to(folder: Path) -> None:
    assert main(["plan", "e"]) == 2
    refused, warned, variables = told(folder)
    assert (refused, warned) == ({}, "")
    assert Path(variables[DEPOT_ROUTER]["virgem_rendered"], "wireguard/wg0.conf").is_file()
    shutil.move(folder / "build/test", folder / "elsewhere")
    assert told(folder)[0].keys() == ROUTERS
    assert told(folder, VIRGEM_RESULTS="elsewhere")[0] == {}


def amiss(folder: Path) -> dict[str, str]:
    """What is said against the files of routers."""
    plan = prepare(folder / "e").plan
    assert plan is not None
    return dict(unlike(plan, folder / "build/test"))


def test_a_plan_of_one_municipality_is_one_of_its_routers_only(folder: Path) -> None:
    assert main(["plan", "e", "--municipality", "34022"]) == 2
    assert amiss(folder).keys() == {"rtr-waregem-hall"}


def test_files_of_an_older_plan_or_some_of_them_are_no_files_of_this_one(folder: Path) -> None:
    assert main(["plan", "e"]) == 2
    depot = folder / "build/test" / FOLDER
    (depot / "wireguard/wg0.conf").unlink()
    with (depot / "frr.conf").open("a") as file:
        file.write("!\n")
    others = "frr.conf, wireguard/wg0.conf"
    assert amiss(folder) == {DEPOT_ROUTER: f"{depot} is not as the estate plans it: {others}"}
    assert main(["plan", "e"]) == 2
    assert amiss(folder) == {}
    (depot / "wireguard/wg9.conf").write_text("[Interface]\n")
    assert amiss(folder)[DEPOT_ROUTER].startswith(f"{depot} holds wireguard/wg9.conf, which the plan has not")


FOUND = {
    "site_router_wave": "links",
    "site_router_tunnel_files": {"files": [{"path": f"/etc/wireguard/wg{number}.conf"} for number in (0, 7)]},
    "site_router_port_names": {"files": [{"path": "/etc/systemd/network/05-virgem-lan0.link"}]},
}
PLAY = {
    "hosts": "all",
    "connection": "local",
    "gather_facts": False,
    "become": False,
    "vars_files": [str(ROLE / "vars/main.yml")],
    "vars": FOUND,
    "tasks": [
        {
            "name": "gone",
            "ansible.builtin.debug": {"msg": "{{ site_router_gone | map(attribute='path') | join(' ') }}"},
        },
        {"name": "whole", "ansible.builtin.import_tasks": str(ROLE / "tasks/whole.yml")},
    ],
}
# What a folder lost, by the name of its router.
LOST = {"routes": "frr.conf", "rules": "nftables.conf", "tunnel": "wireguard/wg0.conf"}
REFUSED = {
    "nothing": "{folder}/nothing is not there",
    "routes": "{folder}/routes is not whole: it has no frr.conf",
    "rules": "{folder}/rules is not whole: it has no nftables.conf",
    "tunnel": "{folder}/tunnel is not whole: it has no wireguard/wg0.conf",
    "relative": f"{FOLDER} is not a path from the root",
    "old": "it is of another day",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the role said to each router that has wg0, wg7 and a named port: its refusals, and what it would remove."""

    folder: Path
    refusals: dict[str, str]
    gone: dict[str, str]


def routers(folder: Path) -> dict[str, dict[str, str]]:
    """Routers, each with the variables that an inventory gives it."""
    for name in ("all", *LOST):
        shutil.copytree(folder / "results" / FOLDER, folder / name)
    for name, lost in LOST.items():
        (folder / name / lost).unlink()
    here = {name: {"virgem_rendered": str(folder / name)} for name in ("all", "nothing", *LOST)}
    old = {"virgem_rendered": str(folder / "all"), "virgem_unrendered": "it is of another day"}
    software = {**old, "site_router_rendered": ""}
    named = {**here, "relative": {"virgem_rendered": FOLDER}, "old": old, "software": software}
    return {f"at-{name}": variables for name, variables in named.items()}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("judged")
    assert main(["plan", str(estate(folder)), "-o", str(folder / "results")]) == 2
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    (folder / "hosts.yaml").write_text(yaml.safe_dump({"all": {"vars": defaults, "hosts": routers(folder)}}))
    (folder / "play.yml").write_text(yaml.safe_dump([PLAY]))
    callback = {"ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/live/callback"), "ANSIBLE_CALLBACKS_ENABLED": "record"}
    record = folder / "record"
    done = tool(folder, "ansible-playbook", "-i", "hosts.yaml", "play.yml", VIRGEM_RECORD=str(record), **callback)
    assert record.exists(), done.stdout + done.stderr
    said = [json.loads(line) for line in record.read_text().splitlines()]
    refusals = {one["host"][3:]: one["message"] for one in said if one["outcome"] == "failed"}
    gone = {one["host"][3:]: one["message"] for one in said if one["task"] == "gone"}
    return Judged(folder=folder, refusals=refusals, gone=gone)


def test_the_role_refuses_a_folder_that_is_not_whole_with_the_way_out(judged: Judged) -> None:
    assert judged.refusals.keys() == REFUSED.keys()
    for name, why in REFUSED.items():
        head = f"at-{name} is left as it is: {why.format(folder=judged.folder)}. Run `virgem plan` on the estate first"
        assert judged.refusals[name].startswith(head)
        assert "set VIRGEM_RESULTS" in judged.refusals[name]


def test_the_role_removes_what_a_whole_plan_has_no_more_and_nothing_without_one(judged: Judged) -> None:
    assert judged.gone.pop("all") == "/etc/wireguard/wg7.conf /etc/systemd/network/05-virgem-lan0.link"
    assert judged.gone == dict.fromkeys([*REFUSED, "software"], "")
