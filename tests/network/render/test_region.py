"""A whole reference region made by `init`: every file passes its checker."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import need_root, need_tool

from virgem.modules.estate.loader import load, read_folder
from virgem.modules.estate.starter.build import new_estate
from virgem.modules.estate.starter.selection import select
from virgem.network.lock import Lock
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.network.render import checker_for, render_region, render_site


def planned(files: Mapping[str, bytes], folder: Path) -> NetworkPlan:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    estate = load(read_folder(folder)).estate
    assert estate is not None
    plan = plan_network(estate, Lock("", {})).plan
    assert plan is not None
    return plan


@pytest.mark.slow
def test_a_region_made_by_init_passes_the_checkers(tmp_path: Path) -> None:
    need_root()
    tools = (
        ("vtysh", "frr"),
        ("nft", "nftables"),
        ("named-checkzone", "bind9-utils"),
        ("named-checkconf", "bind9-utils"),
    )
    installed = {tool: str(need_tool(tool, package)) for tool, package in tools}
    vtysh, nft = installed["vtysh"], installed["nft"]
    plan = planned(new_estate(select(region="REFREG09"), seed=3), tmp_path / "estate")
    script = []
    for router in plan.routers:
        if router.place != "edge" or router.site.id.endswith(("bib", "depot")) or any(k.tunnel for k in router.links):
            files = render_site(plan, router)
            for name in ("frr.conf", "nftables.conf"):
                (tmp_path / f"{router.name}-{name}").write_text(files[name])
            script += [
                f"{vtysh} -C -f {tmp_path}/{router.name}-frr.conf",
                f"{nft} -c -f {tmp_path}/{router.name}-nftables.conf",
            ]
    assert len(script) > 20
    for name, text in render_region(plan).items():
        path = tmp_path / Path(name).name
        path.write_text(text)
        argv = [word.format(file=path, zone=path.stem) for word in checker_for(name)]
        script += [shlex.join([installed.get(argv[0], argv[0]), *argv[1:]])] if argv else []
    done = subprocess.run(["unshare", "-n", "sh", "-e"], input="\n".join(script), capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
