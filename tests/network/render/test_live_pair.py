"""Two rendered routers, real daemons, one wire: the files run unchanged, with their own firewall loaded."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from support import need_root, need_tool

from virgem.network.model import NetworkPlan, RouterPlan

Tree = Mapping[str, Mapping[str, str]]
DAEMONS = ("zebra", "staticd", "bfdd", "ospfd", "ospf6d", "bgpd")
PAIR = ("rtr-kortrijk-bib", "rtr-kortrijk-stadhuis")
PATIENCE = 60  # seconds


def sh(script: str, **more: str) -> str:
    done = subprocess.run(["sh", "-ec", script.format(**more)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Node:
    """A router in a namespace of its own; `path` of its sockets must be open to the frr user."""

    def __init__(self, name: str, folder: Path, files: Mapping[str, str]) -> None:
        self.netns, self.folder, self.files = name, folder, files
        folder.mkdir()
        shutil.chown(folder, "frr", "frr")
        folder.chmod(0o755)
        sh("ip netns add {n}; ip -n {n} link set dev lo up", n=name)
        for key in ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.default.accept_dad=0"):
            self.run(f"sysctl -qw {key}")

    def run(self, command: str) -> str:
        return sh(f"ip netns exec {self.netns} {command}")

    def vtysh(self, command: str) -> str:
        return self.run(f"vtysh --vty_socket {self.folder} -c '{command}'")

    def start(self) -> None:
        """Addresses as netplan has them, the firewall, the daemons, then frr.conf as it is."""
        ports = yaml.safe_load(self.files["netplan.yaml"])["network"]["ethernets"]
        for port in ("lo", "wan0"):
            for address in ports[port]["addresses"]:
                self.run(f"ip addr add {address} dev {port}")
        for name in ("nftables.conf", "frr.conf"):
            (self.folder / name).write_text(self.files[name])
        self.run(f"nft -f {self.folder}/nftables.conf")
        for daemon in DAEMONS:
            self._daemon(daemon)
        self.run(f"vtysh --vty_socket {self.folder} -f {self.folder}/frr.conf")

    def _daemon(self, name: str) -> None:
        d = self.folder
        (d / f"{name}.conf").touch()
        extra = f"--bfdctl {d}/bfdd.sock" if name == "bfdd" else ""
        self.run(
            f"/usr/lib/frr/{name} -d -f {d}/{name}.conf -z {d}/zserv.api --vty_socket {d} -i {d}/{name}.pid"
            f" -P 0 --log file:{d}/frr.log {extra}"
        )

    def stop(self) -> None:
        for file in self.folder.glob("*.pid"):
            try:
                os.kill(int(file.read_text()), signal.SIGTERM)
            except (ProcessLookupError, ValueError):
                continue
        sh("ip netns del {n}", n=self.netns)


def within(check: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.5)
    return False


@pytest.fixture
def pair(tree: Tree) -> Iterator[list[Node]]:
    need_root()
    for tool, package in (("vtysh", "frr"), ("zebra", "frr"), ("nft", "nftables"), ("ip", "iproute2")):
        need_tool(tool, package)
    folder = Path(tempfile.mkdtemp(prefix="virgem-pair-"))
    folder.chmod(0o755)
    nodes: list[Node] = []
    try:
        for i, name in enumerate(PAIR):
            nodes.append(Node(f"vgp{os.getpid()}-{i}", folder / str(i), tree[name]))
        ends = [node.netns for node in nodes]
        sh("ip link add wan0 netns {a} type veth peer name wan0 netns {b}", a=ends[0], b=ends[1])
        for node in nodes:
            node.run("ip link set dev wan0 up")
        for node in nodes:
            node.start()
        yield nodes
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(folder)


@pytest.mark.slow
def test_two_rendered_routers_find_each_other_through_their_firewalls(plan: NetworkPlan, pair: list[Node]) -> None:
    routers: dict[str, RouterPlan] = {router.name: router for router in plan.routers}
    bib, hall = (routers[name] for name in PAIR)
    link = next(link for link in bib.links if not link.tunnel)
    # The wire of this test is the first of both: wan0 at either end.
    assert [link.end(r.site.path).interface for r in (bib, hall)] == ["wan0", "wan0"]
    one = pair[0]
    assert within(lambda: "Full" in one.vtysh("show ip ospf neighbor"))
    assert within(lambda: "Full" in one.vtysh("show ipv6 ospf6 neighbor"))
    assert within(lambda: str(hall.loopback4) in one.vtysh("show ip route ospf"))
    assert within(lambda: str(hall.loopback6) in one.vtysh("show ipv6 route ospf6"))
    assert within(lambda: one.vtysh("show bfd peers brief").count(" up") == 2)
    assert within(lambda: '"state":"Established"' in one.vtysh("show bgp l2vpn evpn summary json").replace(" ", ""))
    one.run(f"ping -c 2 -W 2 -I {bib.loopback4} {hall.loopback4}")
    one.run(f"ping -c 2 -W 2 -I {bib.loopback6} {hall.loopback6}")
