"""The roles on real ssh hosts: check mode foretells, a second run changes nothing, a bad router file is refused.

One workstation, one server and one router of Debian 12 with systemd, each in a namespace of its own; packages come from
a signed repository in the management namespace. What the namespaces cannot show: the clock is not set (chronyd runs
with -x), and the kernel has no VLANs or VRFs, so the router's links are bridges here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from live.hosts import NETWORK, Lab, lab
from live.images import KEYRING, REPOSITORY, SUITE, Image
from live.play import Run, play, play_each

pytestmark = pytest.mark.slow

ROLE_OF = {"pc": "linux_workstation", "server": "server_baseline", "router": "site_router"}
EXCHANGE = ("--tags", "cis-12.2")
LINKS = """\
network:
  version: 2
  renderer: networkd
  bridges:
    staff:
      addresses: [192.0.2.1/25]
"""
ROUTES = """\
frr defaults datacenter
hostname router
interface staff
 ip ospf area 0
exit
router ospf
 ospf router-id 192.0.2.1
exit
"""
RULES = """\
table inet virgem
delete table inet virgem
table inet virgem {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        iif lo accept
        tcp dport 22 accept
    }
}
"""
LEASES = {
    "Dhcp4": {
        "interfaces-config": {"interfaces": ["staff"]},
        "lease-database": {"type": "memfile"},
        "subnet4": [{"id": 1, "subnet": "192.0.2.0/25", "pools": [{"pool": "192.0.2.10-192.0.2.99"}]}],
    }
}
RENDERED = {
    "daemons": "zebra=yes\nospfd=yes\nvtysh_enable=yes\n",
    "frr.conf": ROUTES,
    "kea-dhcp4.json": json.dumps(LEASES) + "\n",
    "netplan.yaml": LINKS,
    "nftables.conf": RULES,
    "ports/lan0.link": "[Match]\nPath=pci-0000:01:00.0\n\n[Link]\nName=lan0\n",
    "sysctl.conf": "net.ipv4.ip_forward = 1\nnet.ipv4.a_key_of_newer_kernels = 1\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    """The three hosts after a check, a run and a second run of the site playbook."""

    lab: Lab
    inventory: Path
    rendered: Path
    foretold: dict[str, Run]
    first: dict[str, Run]
    second: dict[str, Run]


def inventory_of(made: Lab, rendered: Path) -> dict[str, Any]:
    """The inventory as the plugin of an estate gives it, with the lab's own connection variables."""
    shared = {
        "baseline_admins": [{"name": "beheer", "keys": [made.image.key.with_suffix(".pub").read_text().strip()]}],
        "baseline_apt_keyring": KEYRING,
        "baseline_apt_mirror": REPOSITORY,
        "baseline_apt_suites": [SUITE],
        "site_router_probe_seconds": 3,
        "virgem_services": {"ntp": [f"{NETWORK}.1"], "dns": [f"{NETWORK}.1"], "monitoring": [f"{NETWORK}.1"]},
    }
    more = {
        "pc": {"linux_workstation_proxy_url": "http://192.0.2.8:3128"},
        "router": {"virgem_rendered": str(rendered)},
    }
    hosts = {name: {"ansible_host": host.address, **more.get(name, {})} for name, host in made.hosts.items()}
    groups = {ROLE_OF[name]: {"hosts": {name: variables}} for name, variables in hosts.items()}
    return {"all": {"vars": {**made.variables(), **shared}, "children": groups}}


@pytest.fixture(scope="module")
def trio(debian: Image) -> Iterator[Trio]:
    with lab(debian) as made:
        made.add(*ROLE_OF)
        rendered = made.folder / "rendered"
        rendered.mkdir()
        for name, text in RENDERED.items():
            (rendered / name).parent.mkdir(exist_ok=True)
            (rendered / name).write_text(text)
        inventory = made.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump(inventory_of(made, rendered)))
        foretold = play_each(made, inventory, "--check", "--diff")
        first = play_each(made, inventory, "--diff")
        second = play_each(made, inventory)
        yield Trio(lab=made, inventory=inventory, rendered=rendered, foretold=foretold, first=first, second=second)


@pytest.fixture
def offered(trio: Trio) -> Iterator[Trio]:
    """The trio, whose rendered files are put back as they were."""
    yield trio
    for name, text in RENDERED.items():
        (trio.rendered / name).write_text(text)


def live(trio: Trio, path: str) -> str:
    return trio.lab.ssh("router", f"cat {path}")


def render(trio: Trio, name: str, text: str) -> None:
    (trio.rendered / name).write_text(text)


@pytest.mark.parametrize("host", ROLE_OF)
def test_a_fresh_host_gets_all_its_role_asks_for(trio: Trio, host: str) -> None:
    run = trio.first[host]
    assert run.code == 0, run.messages() or run.output
    assert len(run.tasks("changed")) > 15


@pytest.mark.parametrize("host", ROLE_OF)
def test_check_mode_foretells_exactly_the_tasks_that_change(trio: Trio, host: str) -> None:
    assert trio.foretold[host].code == 0, trio.foretold[host].messages()
    assert trio.foretold[host].tasks("changed") == trio.first[host].tasks("changed")


@pytest.mark.parametrize("host", ROLE_OF)
def test_check_mode_shows_the_same_differences_of_files(trio: Trio, host: str) -> None:
    def shown(run: Run) -> set[str]:
        return {one.task for one in run.outcomes if one.diff and one.outcome == "changed"}

    assert shown(trio.foretold[host]) == shown(trio.first[host])
    assert len(shown(trio.first[host])) > 8


@pytest.mark.parametrize("host", ROLE_OF)
def test_a_second_run_changes_nothing(trio: Trio, host: str) -> None:
    assert trio.second[host].code == 0, trio.second[host].messages()
    assert trio.second[host].tasks("changed") == []


@pytest.mark.parametrize(
    ("host", "command", "answer"),
    [
        ("pc", "sshd -T | grep -x 'passwordauthentication no'", "passwordauthentication no"),
        ("pc", "sshd -T | grep -x 'permitrootlogin no'", "permitrootlogin no"),
        ("pc", "systemctl is-active chrony ssh rsyslog nftables | sort -u", "active"),
        ("pc", "nft list chain inet virgem input | grep -c 'policy drop'", "1"),
        ("pc", "grep -o 192.0.2.8:3128 /etc/firefox/policies/policies.json", "192.0.2.8:3128"),
        ("pc", "test -s /etc/dconf/db/local && echo compiled", "compiled"),
        ("server", "passwd --status beheer | cut -d' ' -f2", "L"),
        ("server", "sudo --list --other-user=beheer >/dev/null && echo may", "may"),
        ("server", "grep -c ^nameserver /etc/resolv.conf", "1"),
        ("server", "sysctl --values net.ipv4.ip_forward", "0"),
        ("server", "systemctl --failed --no-legend | wc -l", "0"),
        ("router", "sysctl --values net.ipv4.ip_forward", "1"),
        ("router", "vtysh -c 'show running-config' | grep -c 'router-id 192.0.2.1'", "1"),
        ("router", "systemctl is-active frr nftables kea-dhcp4-server | sort -u", "active"),
        ("router", "ip -brief -4 address show dev staff | awk '{print $3}'", "192.0.2.1/25"),
        ("router", "find /etc -name '*.next' | wc -l", "0"),
        ("router", "grep ^Name /etc/systemd/network/05-virgem-*.link", "Name=lan0"),
        ("router", "systemd-analyze cat-config systemd/networkd.conf | grep -c ^ManageForeign.*=no", "2"),
    ],
)
def test_the_hosts_are_what_the_roles_say(trio: Trio, host: str, command: str, answer: str) -> None:
    assert trio.lab.ssh(host, command).strip() == answer


def test_a_run_tells_which_ports_wait_for_the_next_boot(trio: Trio) -> None:
    assert all(
        "router has no port named lan0 yet" in run.output for run in (trio.first["router"], trio.second["router"])
    )


def test_an_administrator_enters_by_the_declared_key(trio: Trio) -> None:
    host = trio.lab.hosts["server"]
    options = (
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        f"UserKnownHostsFile={trio.lab.known_hosts}",
        "-o",
        "BatchMode=yes",
    )
    done = trio.lab.run(
        "ssh", "-F", "none", *options, "-i", str(trio.lab.image.key), f"beheer@{host.address}", "sudo id -u"
    )
    assert done.stdout.strip() == "0", done.stderr


def test_a_host_with_another_key_than_the_known_one_is_not_entered(trio: Trio) -> None:
    known = trio.lab.known_hosts.read_text()
    other = trio.lab.image.key.with_suffix(".pub").read_text()
    address = trio.lab.hosts["pc"].address
    lines = [f"{address} {other.strip()}" if line.startswith(f"{address} ") else line for line in known.splitlines()]
    trio.lab.known_hosts.write_text("\n".join(lines) + "\n")
    try:
        run = play(trio.lab, trio.inventory, "pc", "--tags", "iso-8.17", "-e", "ansible_ssh_args=-oControlPath=none")
    finally:
        trio.lab.known_hosts.write_text(known)
    assert run.code == 4
    assert "host key" in run.output.lower()


def test_observing_changes_nothing_and_writes_what_was_seen(trio: Trio) -> None:
    folder = trio.lab.folder / "observed"
    run = play(trio.lab, trio.inventory, "server", "-e", f"observe_folder={folder}", playbook="observe.yml")
    assert run.code == 0, run.messages()
    seen = json.loads((folder / "server.json").read_text())
    assert seen["administrators"] == ["beheer"]
    assert seen["services"]["chrony.service"] == "running"
    assert "chrony" in seen["packages"]
    assert seen["local"]["virgem"]["disk_encrypted"] is False
    # Both of these write on this side only.
    assert {task for _, task in run.tasks("changed")} == {
        "Make the folder for the observations",
        "Write what was observed",
    }


@pytest.mark.parametrize(
    ("name", "path", "text", "said"),
    [
        ("frr.conf", "/etc/frr/frr.conf", ROUTES + "ruoter bgp 64512\n", "Unknown command"),
        ("nftables.conf", "/etc/nftables.conf", RULES.replace("dport 22", "dport twenty-two"), "Error"),
        ("kea-dhcp4.json", "/etc/kea/kea-dhcp4.conf", '{"Dhcp4": {"subnet4": 7}}\n', "syntax error"),
        ("netplan.yaml", "/etc/netplan/60-virgem.yaml", LINKS.replace("192.0.2.1/25", "192.0.2.1/99"), "192.0.2.1/99"),
        ("daemons", "/etc/frr/daemons", "zebra='yes\n", "Unterminated"),
    ],
)
def test_a_file_its_checker_refuses_never_goes_live(offered: Trio, name: str, path: str, text: str, said: str) -> None:
    before = live(offered, path)
    render(offered, name, text)
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE)
    assert run.code == 2
    assert run.tasks("changed") == []
    assert said in run.messages()
    assert "keeps its old files" in run.messages()
    assert live(offered, path) == before
    assert offered.lab.ssh("router", "find /etc -name '*.next' | wc -l").strip() == "0"


def test_a_probe_that_fails_brings_all_old_files_back(offered: Trio) -> None:
    before = [live(offered, "/etc/frr/frr.conf"), live(offered, "/etc/nftables.conf")]
    render(offered, "frr.conf", ROUTES.replace("192.0.2.1", "192.0.2.9"))
    render(offered, "nftables.conf", RULES.replace("dport 22", "dport { 22, 179 }"))
    probes = json.dumps({"site_router_probes": [["ping", "-c1", "-W1", "203.0.113.1"]]})
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE, "-e", probes)
    assert run.code == 2
    assert "Probe the router" in run.messages()
    assert [live(offered, "/etc/frr/frr.conf"), live(offered, "/etc/nftables.conf")] == before
    assert "router-id 192.0.2.1\n" in offered.lab.ssh("router", "vtysh -c 'show running-config'")
    assert "179" not in offered.lab.ssh("router", "nft list table inet virgem")


def test_a_router_cut_off_by_its_new_rules_takes_the_old_ones_back_by_itself(offered: Trio) -> None:
    before = live(offered, "/etc/nftables.conf")
    cut = RULES.replace("        ct state established,related accept\n", "").replace("dport 22", "dport 2222")
    render(offered, "nftables.conf", cut)
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE, "-e", "site_router_confirm_seconds=8")
    assert run.code in {2, 4}
    _until(lambda: live(offered, "/etc/nftables.conf") == before)
    assert "dport 22 accept" in offered.lab.ssh("router", "nft list table inet virgem")
    assert offered.lab.ssh("router", "test -e /var/lib/virgem/router/pending || echo none").strip() == "none"


def test_a_good_change_goes_live_is_kept_and_can_be_taken_back(offered: Trio) -> None:
    render(offered, "frr.conf", ROUTES.replace("192.0.2.1", "192.0.2.7"))
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE)
    assert run.code == 0, run.messages()
    assert run.tasks("changed") == [("router", "site_router : Swap the files")]
    assert "router-id 192.0.2.7" in offered.lab.ssh("router", "vtysh -c 'show running-config'")
    assert offered.lab.ssh("router", "systemctl list-timers --all --no-legend virgem-restore.timer").strip() == ""
    render(offered, "frr.conf", ROUTES)
    assert play(offered.lab, offered.inventory, "router", *EXCHANGE).code == 0
    assert live(offered, "/etc/frr/frr.conf") == ROUTES


def _until(holds: Any, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except RuntimeError:
            pass
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.5)
