"""The firewall of a server: a declared port is open to those it is declared for, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rendering import rendered
from support import need_root, need_tool

FLOWS = [
    {"port": "tcp/8443", "sources": ["192.0.2.0/25", "2001:db8::/64"]},
    {"port": "udp/10000-20000", "sources": ["192.0.2.0/25"]},
    {"port": "tcp/9000", "sources": ["198.51.100.0/24"]},
    {"port": "tcp/443", "sources": []},
]
SERVER, CLIENT = "192.0.2.1", "192.0.2.2"
LISTEN = "import socket; s = socket.create_server(('{address}', {port})); s.accept()"
CONNECT = "import socket; socket.create_connection(('{address}', {port}), 1)"


def test_every_flow_stands_in_the_rules_with_its_sources(tmp_path: Path) -> None:
    text = rendered(tmp_path, "nftables.conf", baseline_flows=FLOWS).read_text()
    lines = [line.strip() for line in text.splitlines()]
    after = lines[lines.index("tcp dport 22 accept") + 1 : lines.index("counter drop")]
    assert after == [
        "ip saddr { 192.0.2.0/25 } tcp dport 8443 accept",
        "ip6 saddr { 2001:db8::/64 } tcp dport 8443 accept",
        "ip saddr { 192.0.2.0/25 } udp dport 10000-20000 accept",
        "ip saddr { 198.51.100.0/24 } tcp dport 9000 accept",
        "tcp dport 443 accept",
    ]


def test_ssh_answers_those_who_manage_the_host_and_nobody_else(tmp_path: Path) -> None:
    """A neighbour in its VLAN is none of them, and passes no router that could refuse it."""
    text = rendered(tmp_path, "nftables.conf", virgem_management=["192.0.2.0/25", "2001:db8::/64"]).read_text()
    assert [line.strip() for line in text.splitlines() if "dport 22 " in line] == [
        "ip saddr { 192.0.2.0/25 } tcp dport 22 accept",
        "ip6 saddr { 2001:db8::/64 } tcp dport 22 accept",
    ]


def test_ssh_is_open_to_everybody_only_where_somebody_says_so(tmp_path: Path) -> None:
    text = rendered(tmp_path, "nftables.conf", virgem_management=[]).read_text()
    assert "tcp dport 22 accept" in {line.strip() for line in text.splitlines()}
    with pytest.raises(AssertionError, match="nobody_said"):
        rendered(tmp_path, "nftables.conf", virgem_management="{{ nobody_said }}")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def pair() -> Iterator[tuple[str, str]]:
    """Two joined network namespaces: a server and a client."""
    need_root()
    need_tool("ip", "iproute2")
    need_tool("nft", "nftables")
    server, client = (f"vg-{os.getpid()}-{name}" for name in ("server", "client"))
    try:
        for name in (server, client):
            assert run("ip", "netns", "add", name).returncode == 0
        run("ip", "-n", server, "link", "add", "one", "type", "veth", "peer", "name", "two", "netns", client)
        for name, port, address in ((server, "one", SERVER), (client, "two", CLIENT)):
            run("ip", "-n", name, "address", "add", f"{address}/24", "dev", port)
            assert run("ip", "-n", name, "link", "set", port, "up").returncode == 0
        yield server, client
    finally:
        for name in (server, client):
            run("ip", "netns", "delete", name)


@pytest.mark.slow
@pytest.mark.parametrize(("port", "opened"), [(8443, True), (443, True), (9000, False), (9443, False)])
def test_a_declared_port_answers_and_another_does_not(
    pair: tuple[str, str], tmp_path: Path, port: int, opened: bool
) -> None:
    server, client = pair
    loaded = run(
        "ip", "netns", "exec", server, "nft", "-f", str(rendered(tmp_path, "nftables.conf", baseline_flows=FLOWS))
    )
    assert loaded.returncode == 0, loaded.stderr
    listen, connect = (text.format(address=SERVER, port=port) for text in (LISTEN, CONNECT))
    # The listener says that it listens before it waits.
    listen = listen.replace("; s.accept()", "; print(flush=True); s.accept()")
    command = ("ip", "netns", "exec", server, sys.executable, "-c", listen)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listener:
        try:
            assert listener.stdout is not None
            listener.stdout.readline()
            done = run("ip", "netns", "exec", client, sys.executable, "-c", connect)
        finally:
            listener.kill()
    assert (done.returncode == 0) is opened, done.stderr
