"""Rendered files in a kernel: what routers pass on, what leaves by a public port, where an instance ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support import missing, need_root, need_tool

from virgem.modules.estate.kinds import link_kinds
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names

Tree = Mapping[str, Mapping[str, str]]
NETWORKD = Path("/lib/systemd/systemd-networkd")
RADIO = link_kinds()["4g"].port
SERVE = """
import socket, sys
with socket.create_server((sys.argv[1], int(sys.argv[2]))) as server:
    server.settimeout(30)
    print("ready", flush=True)
    server.accept()[0].sendall(b"here")
"""
CALL = """
import socket, sys
with socket.create_connection((sys.argv[3], int(sys.argv[2])), 3, (sys.argv[1], 0)) as call:
    call.settimeout(3)
    print(call.recv(4).decode())
"""


def on_radio(plan: NetworkPlan) -> RouterPlan:
    """Return a router whose only way to a public network is a radio."""
    return next(router for router in plan.routers if list(names.publics(router)) == [RADIO])


def sh(script: str) -> str:
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def at(space: str, *command: object) -> subprocess.CompletedProcess[str]:
    argv = ["ip", "netns", "exec", space, *map(str, command)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


def pings(space: str, source: object, target: object) -> bool:
    return at(space, "ping", "-c", "1", "-W", "2", "-I", source, target).returncode == 0


def called(client: str, source: object, server: str, target: object, port: int) -> bool:
    """Tell whether a TCP connection comes about between two namespaces and carries data back."""
    listen = ["ip", "netns", "exec", server, sys.executable, "-c", SERVE, str(target), str(port)]
    with subprocess.Popen(listen, stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdout is not None
        listener.stdout.readline()
        try:
            return at(client, sys.executable, "-c", CALL, source, port, target).stdout == "here\n"
        finally:
            listener.terminate()


@pytest.fixture
def spaces() -> Iterator[list[str]]:
    """Four namespaces with forwarding on and addresses usable at once."""
    need_root()
    for tool, package in (("nft", "nftables"), ("ip", "iproute2"), ("ping", "iputils-ping")):
        need_tool(tool, package)
    made = [f"vgu{os.getpid()}-{i}" for i in range(4)]
    try:
        for name in made:
            sh(f"ip netns add {name}; ip -n {name} link set dev lo up")
            for key in ("ipv4.ip_forward=1", "ipv6.conf.all.forwarding=1", "ipv6.conf.default.accept_dad=0"):
                sh(f"ip netns exec {name} sysctl -qw net.{key}")
        yield made
    finally:
        for name in made:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def join(one: str, port: str, other: str, far: str, number: int) -> None:
    """Lay a wire: .0 and .1, ::0 and ::1 of a network by its number."""
    sh(f"ip link add {port} netns {one} type veth peer name {far} netns {other}")
    for space, name, end in ((one, port, 0), (other, far, 1)):
        sh(f"ip -n {space} addr add 198.18.{number}.{end}/31 dev {name}")
        sh(f"ip -n {space} addr add 2001:db8:{number}::{end}/127 dev {name}; ip -n {space} link set dev {name} up")


def way(space: str, router: RouterPlan, number: int, end: int) -> None:
    """Send what is for a router to the far end of a wire."""
    sh(f"ip -n {space} route add {router.loopback4} via 198.18.{number}.{end}")
    sh(f"ip -n {space} route add {router.loopback6} via 2001:db8:{number}::{end}")


def load(space: str, text: str, folder: Path) -> None:
    path = folder / f"{space}.conf"
    path.write_text(text)
    assert at(space, "nft", "-f", path).stderr == ""


def test_routers_reach_each_other_when_the_way_back_is_another(
    plan: NetworkPlan, tree: Tree, spaces: list[str], tmp_path: Path
) -> None:
    """Two paths of equal cost: the way there by the first router, the way back by the second."""
    a, one, two, b = spaces
    passing = next(r for r in plan.routers if {"wan0", "wan1"} <= {k.end(r.site.path).interface for k in r.links})
    near, far = [router for router in plan.routers if router is not passing][:2]
    join(a, "wan0", one, "wan0", 1)
    join(a, "wan1", two, "wan0", 2)
    join(one, "wan1", b, "wan0", 3)
    join(two, "wan1", b, "wan1", 4)
    for space, router in ((a, near), (b, far)):
        sh(f"ip -n {space} addr add {router.loopback4}/32 dev lo; ip -n {space} addr add {router.loopback6}/128 dev lo")
    way(a, far, 1, 1)
    way(b, near, 4, 0)
    for space, back, on in ((one, 1, 3), (two, 2, 4)):
        way(space, near, back, 0)
        way(space, far, on, 1)
        load(space, tree[passing.name]["nftables.conf"], tmp_path)
    assert pings(a, near.loopback4, far.loopback4)
    assert pings(a, near.loopback6, far.loopback6)
    assert called(a, near.loopback4, b, far.loopback4, 179)
    assert called(b, far.loopback4, a, near.loopback4, 179)
    # Nothing else rides on that: no other port, and nobody who is no router.
    assert not called(a, near.loopback4, b, far.loopback4, 22)
    sh(f"ip -n {a} addr add 192.0.2.9/32 dev lo; ip -n {two} route add 192.0.2.9 via 198.18.2.0")
    sh(f"ip -n {b} route add 192.0.2.9 via 198.18.4.0")
    assert not called(a, "192.0.2.9", b, far.loopback4, 179)


def test_only_its_own_addresses_leave_by_a_public_port(
    plan: NetworkPlan, tree: Tree, spaces: list[str], tmp_path: Path
) -> None:
    here, world = spaces[:2]
    router = on_radio(plan)
    join(here, RADIO, world, "far0", 1)
    own = (router.loopback4, router.loopback6, router.zones[0].gateway4, router.zones[0].gateway6)
    for address in own:
        length = 32 if address.version == 4 else 128
        sh(f"ip -n {here} addr add {address}/{length} dev lo")
        gateway = "198.18.1.0" if address.version == 4 else "2001:db8:1::0"
        sh(f"ip -n {world} route add {address} via {gateway}")
    targets = {4: "198.18.1.1", 6: "2001:db8:1::1"}
    assert all(pings(here, address, targets[address.version]) for address in own)
    load(here, tree[router.name]["nftables.conf"], tmp_path)
    assert not any(pings(here, address, targets[address.version]) for address in own)
    assert pings(here, "198.18.1.0", targets[4])
    assert pings(here, "2001:db8:1::0", targets[6])


def networkd_files(root: Path, files: Mapping[str, str]) -> Path:
    """Lay what systemd-networkd reads as the role does: what netplan makes, and the drop-ins beside it."""
    (root / "etc/netplan").mkdir(parents=True)
    (root / "etc/netplan/60-virgem.yaml").write_text(files["netplan.yaml"])
    (root / "etc/netplan/60-virgem.yaml").chmod(0o600)
    sh(f"netplan generate --root-dir {root}")
    made = root / "run/systemd/network"
    gateways = {f"gateways/{RADIO}.conf": f"10-netplan-{RADIO}.network.d"}
    for name, folder in {"networkd.conf": "10-netplan-lo.network.d", **gateways}.items():
        (made / folder).mkdir()
        (made / folder / "60-virgem.conf").write_text(files[name])
    return made


def test_an_instance_ends_in_its_own_table_without_frr(plan: NetworkPlan, tree: Tree, tmp_path: Path) -> None:
    """netplan and systemd-networkd lay the ends; a look-up that misses in an instance goes no further."""
    need_root()
    need_tool("netplan", "netplan.io")
    if not NETWORKD.exists():
        missing("needs systemd-networkd")
    router = on_radio(plan)
    made = networkd_files(tmp_path, tree[router.name])
    zone = router.zones[0]
    table = next(vrf.table for vrf in router.vrfs if vrf.name == zone.vrf)
    script = f"""
        mount -t tmpfs none /run; mount -t sysfs -o ro none /sys
        mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
        chown -R systemd-network /run/systemd/netif; cp -r {made} /run/systemd/network
        chmod -R a+rX /run/systemd; ip link set dev lo up
        ip link add wwan9 type veth peer name far9; ip link set dev wwan9 up; ip link set dev far9 up
        ip addr add 192.0.2.50/24 dev wwan9; ip route add default via 192.0.2.1
        ip rule add pref 1000 from {zone.prefix4} lookup {table}; ip addr add {zone.gateway4}/32 dev lo
        ip route get 8.8.8.8 from {zone.gateway4} | grep -q wwan9
        {NETWORKD} 2>/dev/null & networkd=$!
        laid() {{ ip -6 route show table {table} 2>/dev/null | grep -q unreachable; }}
        for _ in $(seq 100); do laid && break; sleep 0.1; done
        ip route show table {table}; ip -6 route show table {table}
        ip route get 8.8.8.8 from {zone.gateway4} 2>&1 || true
        kill $networkd; wait $networkd || true
    """
    path = shutil.which("unshare")
    done = subprocess.run([path or "unshare", "-n", "-m", "sh", "-ec", script], capture_output=True, text=True)
    assert done.stdout.count("unreachable default") == 2, done.stdout + done.stderr
    assert done.stdout.count("metric 4278198272") == 2
    assert "No route to host" in done.stdout or "Host is unreachable" in done.stdout, done.stdout


DHCP = {
    "interfaces-config": {"interfaces": ["far0"], "dhcp-socket-type": "raw"},
    "lease-database": {"type": "memfile", "persist": False},
    "subnet4": [
        {
            "id": 1,
            "subnet": "198.18.1.0/24",
            "pools": [{"pool": "198.18.1.10-198.18.1.19"}],
            "option-data": [{"name": "routers", "data": "198.18.1.1"}],
        }
    ],
}
ADVERTISE = """
import socket, struct, sys, time
there = socket.getaddrinfo("ff02::1%far0", 0, socket.AF_INET6)[0][4]
prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xC0, 1800, 1800, 0, socket.inet_pton(socket.AF_INET6, "2001:db8:1::"))
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sender:
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    while True:
        sender.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix, there)
        time.sleep(1)
"""


def provider(space: str, world: str, folder: Path) -> list[subprocess.Popen[bytes]]:
    """Make a network of a provider as most are: a gateway that answers for itself alone, DHCP and advertisements."""
    join(space, "up0", world, "down0", 2)
    sh(f"ip -n {space} addr add 198.18.1.1/24 dev far0; ip -n {space} addr add 2001:db8:1::1/64 dev far0")
    sh(f"ip -n {world} route add 198.18.1.0/24 via 198.18.2.0")
    sh(f"ip -n {world} route add 2001:db8:1::/64 via 2001:db8:2::")
    (folder / "kea.json").write_text(json.dumps({"Dhcp4": DHCP}))
    inside = ("ip", "netns", "exec", space)
    kea = (
        *inside,
        "env",
        "KEA_LOCKFILE_DIR=none",
        f"KEA_PIDFILE_DIR={folder}",
        need_tool("kea-dhcp4"),
        "-c",
        folder / "kea.json",
    )
    commands = (kea, (*inside, sys.executable, "-c", ADVERTISE))
    return [subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL) for command in commands]


def test_a_marked_packet_leaves_by_the_gateway_that_the_provider_hands_out(
    plan: NetworkPlan, tree: Tree, spaces: list[str], tmp_path: Path
) -> None:
    """Another port has the better way: what is not marked leaves by it, and no modem answers for the world."""
    need_tool("netplan", "netplan.io")
    need_tool("kea-dhcp4", "kea-dhcp4-server")
    if not NETWORKD.exists():
        missing("needs systemd-networkd")
    here, modem, world, fixed = spaces
    router = on_radio(plan)
    mark = names.publics(router)[RADIO]
    made = networkd_files(tmp_path, tree[router.name])
    sh(f"ip link add {RADIO} netns {here} type veth peer name far0 netns {modem}")
    # Kea listens on a wire that is up.
    sh(f"ip -n {here} link set {RADIO} up; ip -n {modem} link set far0 up")
    join(here, "fix0", fixed, "fix1", 3)
    sh(f"ip -n {here} route add default via 198.18.3.1 metric 50")
    served = provider(modem, world, tmp_path)
    script = f"""
        mount -t tmpfs none /run; mount -t sysfs -o ro none /sys
        mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
        chown -R systemd-network /run/systemd/netif; cp -r {made} /run/systemd/network; chmod -R a+rX /run/systemd
        {NETWORKD} 2>{tmp_path}/networkd.log & networkd=$!
        laid() {{ ip $1 route show table {mark} 2>/dev/null | grep -q via; }}
        for _ in $(seq 300); do laid -4 && laid -6 && break; sleep 0.1; done
        ip route show table {mark}; ip -6 route show table {mark}; ip route show
        ping -c 1 -W 3 -m {mark} 198.18.2.1 >/dev/null && echo four
        ping -c 1 -W 3 -m {mark} 2001:db8:2::1 >/dev/null && echo six
        ping -c 1 -W 1 198.18.2.1 >/dev/null || echo lost
        kill $networkd; wait $networkd || true
    """
    try:
        done = subprocess.run(
            ["nsenter", f"--net=/run/netns/{here}", "unshare", "-m", "sh", "-uc", script],
            capture_output=True,
            text=True,
        )
    finally:
        for process in served:
            process.terminate()
            process.wait()
    lines = done.stdout.splitlines()
    said = done.stdout + done.stderr + (tmp_path / "networkd.log").read_text()
    assert {"four", "six", "lost"} <= set(lines), said
    assert any(line.startswith(f"default via 198.18.1.1 dev {RADIO}") and "metric 100" in line for line in lines), said
