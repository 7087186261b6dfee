"""Every rendered file passes its own checker, and each checker refuses a spoilt file."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from support import need_root, need_tool

from virgem.network.fibre.model import FibrePlan, PopPlan
from virgem.network.model import NetworkPlan
from virgem.network.render import checker_for
from virgem.network.render.region import fibre_map

Tree = Mapping[str, Mapping[str, str]]


def run(script: str) -> str:
    """What a shell script says, empty when every command in it ended well."""
    done = subprocess.run(["sh", "-e"], input=script, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr or f"exit code {done.returncode}"


def laid(tree: Tree, file: str, folder: Path) -> list[Path]:
    """The files of one name (or pattern) of all routers, written out."""
    found = []
    for router, files in tree.items():
        for name, text in files.items():
            if re.fullmatch(file, name):
                path = folder / router / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(0o600)
                found.append(path)
    assert found
    return found


def command(path: Path) -> str:
    """The checker's command line for a file."""
    argv = checker_for(path.relative_to(path.parents[1]).as_posix() if path.parent.name == "wireguard" else path.name)
    assert argv
    tool = need_tool(argv[0])
    return shlex.join([str(tool), *(word.format(file=path, zone=path.stem, root=path.parent) for word in argv[1:])])


def spoilt(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    other = path.with_name(f"spoilt-{path.name}")
    other.write_text(text.replace(old, new, 1))
    return other


def in_netns(script: str) -> str:
    need_root()
    need_tool("unshare", "util-linux")
    return run(f"exec unshare -n sh -e <<'END'\n{script}\nEND\n")


def test_vtysh_accepts_every_frr_conf(tree: Tree, tmp_path: Path) -> None:
    need_tool("vtysh", "frr")
    files = laid(tree, r"frr\.conf", tmp_path)
    assert run("\n".join(command(path) for path in files)) == ""
    bad = spoilt(files[0], "ip ospf network point-to-point", "ip ospf network point-to-pint")
    assert "point-to-pint" in run(command(files[0]).replace(str(files[0]), str(bad)))


def test_nft_accepts_every_firewall(tree: Tree, tmp_path: Path) -> None:
    need_tool("nft", "nftables")
    files = laid(tree, r"nftables\.conf", tmp_path)
    assert in_netns("\n".join(command(path) for path in files)) == ""
    bad = spoilt(files[0], "jump refuse", "jump nowhere")
    assert "nowhere" in in_netns(command(files[0]).replace(str(files[0]), str(bad)))


@pytest.mark.parametrize("family", [4, 6])
def test_kea_accepts_every_configuration(tree: Tree, tmp_path: Path, family: int) -> None:
    need_tool(f"kea-dhcp{family}", f"kea-dhcp{family}-server")
    files = laid(tree, rf"kea-dhcp{family}\.json", tmp_path)
    ports = {
        port
        for path in files
        for port in json.loads(path.read_text())[f"Dhcp{family}"]["interfaces-config"]["interfaces"]
    }
    # Kea wants the interfaces to be there.
    links = "\n".join(f"ip link add {port} type veth peer name peer{i}" for i, port in enumerate(sorted(ports)))
    assert in_netns("\n".join([links, *(f"{command(path)} 2>&1" for path in files)])) == ""
    bad = spoilt(files[0], '"pools": [{"pool": "', '"pools": [{"pool": "192.0.2.1 - ')
    assert in_netns("\n".join([links, f"{command(files[0]).replace(str(files[0]), str(bad))} 2>&1"])) != ""


def test_netplan_accepts_every_file(tree: Tree, tmp_path: Path) -> None:
    need_tool("netplan", "netplan.io")
    files = []
    for path in laid(tree, r"netplan\.yaml", tmp_path):
        home = path.parent / "etc" / "netplan"
        home.mkdir(parents=True)
        files.append(path.rename(home / path.name))
    script = [f"{command(path).replace(str(path.parent), str(path.parents[2]))} 2>&1" for path in files]
    assert run("\n".join(script)) == ""
    made = [path.name for path in (files[0].parents[2] / "run" / "systemd" / "network").iterdir()]
    assert any(name.endswith(".netdev") for name in made)
    files[0].write_text(files[0].read_text().replace("link: lan0", "link: lan9", 1))
    assert "lan9" in run(script[0])


def said_by_udev(links: Iterable[Path]) -> list[str]:
    """What udev says about .link files, laid where it reads them in a mount namespace of its own."""
    need_root()
    need_tool("unshare", "util-linux")
    tool, home = need_tool("udevadm", "udev"), "/run/systemd/network"
    script = f"""
        mount -t tmpfs none /run
        mkdir -p {home}
        cp {shlex.join(map(str, links))} {home}
        SYSTEMD_LOG_LEVEL=debug exec {tool} test-builtin net_setup_link /sys/class/net/lo 2>&1
    """
    done = subprocess.run(["unshare", "-m", "sh", "-ec", script], capture_output=True, text=True)
    return [line.strip() for line in done.stdout.splitlines() if home in line]


def test_udev_reads_every_port(tree: Tree, tmp_path: Path) -> None:
    files = laid(tree, r"ports/.*\.link", tmp_path)
    read = [f'Parsed configuration file "/run/systemd/network/{path.name}"' for path in files]
    assert sorted(said_by_udev(files)) == sorted(read)
    assert "Unknown key 'Pth'" in "".join(said_by_udev([spoilt(files[0], "Path=", "Pth=")]))


def test_wg_quick_accepts_every_tunnel(tree: Tree, tmp_path: Path) -> None:
    need_tool("wg-quick", "wireguard-tools")
    need_root()
    files = laid(tree, r"wireguard/.*\.conf", tmp_path)
    assert run("\n".join(command(path) for path in files)) == ""


def test_a_shell_reads_every_daemons_file(tree: Tree, tmp_path: Path) -> None:
    files = laid(tree, "daemons", tmp_path)
    assert run("\n".join(command(path) for path in files)) == ""
    assert run(f". {files[0]}; test \"$ospfd $bfdd $ripd\" = 'yes yes no'") == ""


def test_named_checkzone_accepts_every_zone(region: Mapping[str, str], tmp_path: Path) -> None:
    need_tool("named-checkzone", "bind9-utils")
    files = laid({"region": region}, r"dns/.*\.zone", tmp_path)
    argv = checker_for("dns/x.zone")
    tool = str(need_tool(argv[0], "bind9-utils"))
    commands = [shlex.join([tool, *(w.format(zone=p.stem, file=p) for w in argv[1:])]) for p in files]
    assert run("\n".join(commands)) == ""
    files[0].write_text(files[0].read_text() + "www IN A 10.0.0.300\n")
    assert run(commands[0]) != ""


def test_named_checkconf_accepts_what_name_servers_hold_and_finds_every_zone(
    region: Mapping[str, str], tmp_path: Path
) -> None:
    need_tool("named-checkconf", "bind9-utils")
    (held,) = laid({"region": region}, r"dns/zones\.conf", tmp_path)
    laid({"region": region}, r"dns/.*\.zone", tmp_path)
    argv = checker_for("dns/zones.conf")
    tool, *words = (str(need_tool(argv[0], "bind9-utils")), *(word.format(file=held) for word in argv[1:]))
    command = shlex.join([tool, *words])
    assert run(command) == ""
    loaded = subprocess.run([tool, "-z", *words], cwd=held.parent, capture_output=True, text=True).stdout
    assert loaded.count("loaded serial") == sum(name.endswith(".zone") for name in region)
    held.write_text(held.read_text().replace("type primary", "type prime", 1))
    assert run(command) != ""


def test_nft_itself_reads_the_same_tree_as_the_tests(tree: Tree, tmp_path: Path) -> None:
    """Render, load into a kernel, list: the same sets, chains and comments that the tests' reader sees."""
    from nft_reader import parse

    need_tool("nft", "nftables")
    need_root()
    for path in laid(tree, r"nftables\.conf", tmp_path):
        script = f"nft -f {path}; nft -j list ruleset"
        done = subprocess.run(["unshare", "-n", "sh", "-ec", script], capture_output=True, text=True, check=True)
        listed = json.loads(done.stdout)["nftables"]
        table = parse(path.read_text())
        assert {x["set"]["name"]: len(x["set"].get("elem", ())) for x in listed if "set" in x} == {
            name: len(elements) for name, elements in table.sets.items()
        }
        rules: dict[str, list[str]] = {name: [] for name in table.chains}
        for x in listed:
            if "rule" in x:
                rules[x["rule"]["chain"]].append(x["rule"].get("comment", ""))
        assert rules == {name: [rule.comment for rule in chain.rules] for name, chain in table.chains.items()}


def test_the_map_of_the_fibre_is_json_to_others_too(tmp_path: Path) -> None:
    plain = FibrePlan(pops=(PopPlan(id="pop", at=(3.2, 50.8)),))
    text = fibre_map.files(cast(NetworkPlan, SimpleNamespace(fibre=plain)))["fibre/fibre.geojson"]
    (path,) = laid({"region": {"fibre.geojson": text}}, "fibre.geojson", tmp_path)
    argv = checker_for("fibre/fibre.geojson")
    tool = str(need_tool(argv[0]))
    assert run(shlex.join([tool, *(word.format(file=path) for word in argv[1:])])) == ""
    other = spoilt(path, "]", "")
    assert run(shlex.join([tool, *(word.format(file=other) for word in argv[1:])])) != ""
