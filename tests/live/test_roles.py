"""The roles on real ssh hosts: check mode foretells, a second run changes nothing, a bad router file is refused.

A workstation, a server and two routers of Debian 12 with systemd, each in a namespace of its own; packages come from a
signed repository in the management namespace. What the namespaces cannot show: the clock is not set (chronyd runs with
-x), and the kernel has no VLANs or VRFs, so the router's links are bridges here. Where the kernel has no WireGuard
either, wireguard-go carries the tunnel between the routers.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from netaddr import IPAddress
from regions import HALL, KORTRIJK, estate, planned

from live import wireguard
from live.hosts import NETWORK, Lab, lab
from live.images import KEYRING, REPOSITORY, SUITE, Image
from live.play import Run, play, play_each
from virgem.network.model import PublicEnd
from virgem.network.render.site.wireguard import tunnel

pytestmark = pytest.mark.slow

ROLE_OF = {"pc": "linux_workstation", "server": "server_baseline", "router": "site_router", "centre": "site_router"}
EXCHANGE = ("--tags", "cis-12.2")
BOTH = "router:centre"
WG = "wireguard/wg0.conf"
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
    "gateways/staff.conf": "[Route]\nGateway=_dhcp4\nTable=51\n",
    "kea-dhcp4.json": json.dumps(LEASES) + "\n",
    "netplan.yaml": LINKS,
    "networkd.conf": "# router: no instance has an end here\n",
    "nftables.conf": RULES,
    "ports/lan0.link": "[Match]\nPath=pci-0000:01:00.0\n\n[Link]\nName=lan0\n",
    "sysctl.conf": "net.ipv4.ip_forward = 1\nnet.ipv4.a_key_of_newer_kernels = 1\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The hosts after a check, a run and a second run of the site playbook."""

    lab: Lab
    inventory: Path
    files: dict[str, dict[str, str]]  # router to the files rendered for it
    foretold: dict[str, Run]
    first: dict[str, Run]
    second: dict[str, Run]


def tunnel_files(made: Lab) -> dict[str, str]:
    """The two ends of a planned tunnel: `router` is a site, `centre` its datacentre, found at the lab's address."""
    towns = {KORTRIJK: {"hall": HALL, "depot": {"kind": "depot", "link": "internet-vpn"}}}
    plan, _ = planned(estate(towns, datacentres={"west": {"at": "kortrijk/hall"}}))
    (link,) = (link for link in plan.links if link.tunnel)
    called = {link.caller: "router", link.listener: "centre"}
    public = (PublicEnd(address=IPAddress(made.hosts["centre"].address)),)
    routers = tuple(replace(one, name=called[one.site.path], public=public) for one in plan.routers)
    plan = replace(plan, routers=routers)
    return {router.name: tunnel(plan, router, link) for router in routers}


def rendered(made: Lab, router: str) -> Path:
    """Where the rendered files of a router lie."""
    return made.folder / "rendered" / router


def inventory_of(made: Lab) -> dict[str, Any]:
    """The inventory as the plugin of an estate gives it, with the lab's own connection variables."""
    shared = {
        "baseline_admins": [{"name": "beheer", "keys": [made.image.key.with_suffix(".pub").read_text().strip()]}],
        "baseline_apt_keyring": KEYRING,
        "baseline_apt_mirror": REPOSITORY,
        "baseline_apt_suites": [SUITE],
        "site_router_probe_seconds": 3,
        "virgem_management": [f"{NETWORK}.0/24"],
        "virgem_services": {"ntp": [f"{NETWORK}.1"], "dns": [f"{NETWORK}.1"], "monitoring": [f"{NETWORK}.1"]},
    }
    more = {
        "pc": {"linux_workstation_proxy_url": "http://192.0.2.8:3128"},
        # No such instance is there in a namespace: what names it must still start.
        **{
            name: {"virgem_rendered": str(rendered(made, name)), "virgem_vrf": "t34022"}
            for name in ("router", "centre")
        },
        "server": {"virgem_flows": [{"port": "tcp/8443", "sources": [f"{NETWORK}.0/24"]}]},
    }
    groups: dict[str, Any] = {role: {"hosts": {}} for role in ROLE_OF.values()}
    for name, host in made.hosts.items():
        groups[ROLE_OF[name]]["hosts"][name] = {"ansible_host": host.address, **more.get(name, {})}
    return {"all": {"vars": {**made.variables(), **shared}, "children": groups}}


@pytest.fixture(scope="module")
def hosts(debian: Image) -> Iterator[Hosts]:
    with lab(debian) as made:
        made.add(*ROLE_OF)
        ends = tunnel_files(made)
        # The centre is called by others.
        called = {**RENDERED, "nftables.conf": RULES.replace("policy drop", "policy accept")}
        files = {"router": {**RENDERED, WG: ends["router"]}, "centre": {**called, WG: ends["centre"]}}
        _write(made, files)
        inventory = made.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump(inventory_of(made)))
        foretold = play_each(made, inventory, "--check", "--diff")
        first = play_each(made, inventory, "--diff")
        second = play_each(made, inventory)
        yield Hosts(lab=made, inventory=inventory, files=files, foretold=foretold, first=first, second=second)


@pytest.fixture
def offered(hosts: Hosts) -> Iterator[Hosts]:
    """The hosts, whose rendered files are put back as they were."""
    yield hosts
    _write(hosts.lab, hosts.files)


def _write(made: Lab, files: dict[str, dict[str, str]]) -> None:
    for router, texts in files.items():
        for name, text in texts.items():
            path = rendered(made, router) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def live(hosts: Hosts, path: str) -> str:
    return hosts.lab.ssh("router", f"cat {path}")


def render(hosts: Hosts, name: str, text: str) -> None:
    (rendered(hosts.lab, "router") / name).write_text(text)


@pytest.mark.parametrize("host", ROLE_OF)
def test_a_fresh_host_gets_all_its_role_asks_for(hosts: Hosts, host: str) -> None:
    run = hosts.first[host]
    assert run.code == 0, run.messages() or run.output
    assert len(run.tasks("changed")) > 15


@pytest.mark.parametrize("host", ROLE_OF)
def test_check_mode_foretells_exactly_the_tasks_that_change(hosts: Hosts, host: str) -> None:
    assert hosts.foretold[host].code == 0, hosts.foretold[host].messages()
    assert hosts.foretold[host].tasks("changed") == hosts.first[host].tasks("changed")


@pytest.mark.parametrize("host", ROLE_OF)
def test_check_mode_shows_the_same_differences_of_files(hosts: Hosts, host: str) -> None:
    def shown(run: Run) -> set[str]:
        return {one.task for one in run.outcomes if one.diff and one.outcome == "changed"}

    assert shown(hosts.foretold[host]) == shown(hosts.first[host])
    assert len(shown(hosts.first[host])) > 8


@pytest.mark.parametrize("host", ROLE_OF)
def test_a_second_run_changes_nothing(hosts: Hosts, host: str) -> None:
    assert hosts.second[host].code == 0, hosts.second[host].messages()
    assert hosts.second[host].tasks("changed") == []


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
        ("server", "nft list chain inet virgem input | grep -c 'tcp dport 8443 accept'", "1"),
        ("server", "systemctl --failed --no-legend", ""),
        ("router", "systemctl is-active chrony rsyslog | sort -u", "active"),
        ("router", "grep -c t34022 /etc/chrony/chrony.conf /etc/rsyslog.d/60-virgem.conf | cut -d: -f2 | sort -u", "1"),
        ("router", "sysctl --values net.ipv4.ip_forward", "1"),
        ("router", "vtysh -c 'show running-config' | grep -c 'router-id 192.0.2.1'", "1"),
        ("router", "systemctl is-active frr nftables kea-dhcp4-server | sort -u", "active"),
        ("router", "ip -brief -4 address show dev staff | awk '{print $3}'", "192.0.2.1/25"),
        ("router", "find /etc -name '*.next' | wc -l", "0"),
        ("router", "grep ^Table /etc/systemd/network/10-netplan-staff.network.d/*.conf", "Table=51"),
        ("router", "grep ^Name /etc/systemd/network/05-virgem-*.link", "Name=lan0"),
        ("router", "systemd-analyze cat-config systemd/networkd.conf | grep -c ^ManageForeign.*=no", "2"),
    ],
)
def test_the_hosts_are_what_the_roles_say(hosts: Hosts, host: str, command: str, answer: str) -> None:
    assert hosts.lab.ssh(host, command).strip() == answer


def test_a_run_tells_which_ports_wait_for_the_next_boot(hosts: Hosts) -> None:
    assert all(
        "router has no port named lan0 yet" in run.output for run in (hosts.first["router"], hosts.second["router"])
    )


def test_an_administrator_enters_by_the_declared_key(hosts: Hosts) -> None:
    host = hosts.lab.hosts["server"]
    options = (
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        f"UserKnownHostsFile={hosts.lab.known_hosts}",
        "-o",
        "BatchMode=yes",
    )
    done = hosts.lab.run(
        "ssh", "-F", "none", *options, "-i", str(hosts.lab.image.key), f"beheer@{host.address}", "sudo id -u"
    )
    assert done.stdout.strip() == "0", done.stderr


def test_a_host_with_another_key_than_the_known_one_is_not_entered(hosts: Hosts) -> None:
    known = hosts.lab.known_hosts.read_text()
    other = hosts.lab.image.key.with_suffix(".pub").read_text()
    address = hosts.lab.hosts["pc"].address
    lines = [f"{address} {other.strip()}" if line.startswith(f"{address} ") else line for line in known.splitlines()]
    hosts.lab.known_hosts.write_text("\n".join(lines) + "\n")
    try:
        run = play(hosts.lab, hosts.inventory, "pc", "--tags", "iso-8.17", "-e", "ansible_ssh_args=-oControlPath=none")
    finally:
        hosts.lab.known_hosts.write_text(known)
    assert run.code == 4
    assert "host key" in run.output.lower()


def test_observing_changes_nothing_and_writes_what_was_seen(hosts: Hosts) -> None:
    folder = hosts.lab.folder / "observed"
    run = play(hosts.lab, hosts.inventory, "server", "-e", f"observe_folder={folder}", playbook="observe.yml")
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
        (WG, "/etc/wireguard/wg0.conf", "[Interface]\nAddress = 192.0.2.2/31\n", "PostUp"),
    ],
)
def test_a_file_its_checker_refuses_never_goes_live(offered: Hosts, name: str, path: str, text: str, said: str) -> None:
    before = live(offered, path)
    render(offered, name, text)
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE)
    assert run.code == 2
    assert run.tasks("changed") == []
    assert said in run.messages()
    assert "keeps its old files" in run.messages()
    assert live(offered, path) == before
    assert offered.lab.ssh("router", "find /etc -name '*.next' | wc -l").strip() == "0"


def test_a_probe_that_fails_brings_all_old_files_back(offered: Hosts) -> None:
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


def test_a_router_cut_off_by_its_new_rules_takes_the_old_ones_back_by_itself(offered: Hosts) -> None:
    before = live(offered, "/etc/nftables.conf")
    cut = RULES.replace("        ct state established,related accept\n", "").replace("dport 22", "dport 2222")
    render(offered, "nftables.conf", cut)
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE, "-e", "site_router_confirm_seconds=8")
    assert run.code in {2, 4}
    _until(lambda: live(offered, "/etc/nftables.conf") == before)
    assert "dport 22 accept" in offered.lab.ssh("router", "nft list table inet virgem")
    assert offered.lab.ssh("router", "test -e /var/lib/virgem/router/pending || echo none").strip() == "none"


def test_a_good_change_goes_live_is_kept_and_can_be_taken_back(offered: Hosts) -> None:
    render(offered, "frr.conf", ROUTES.replace("192.0.2.1", "192.0.2.7"))
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE)
    assert run.code == 0, run.messages()
    assert run.tasks("changed") == [("router", "site_router : Swap the files")]
    assert "router-id 192.0.2.7" in offered.lab.ssh("router", "vtysh -c 'show running-config'")
    assert offered.lab.ssh("router", "systemctl list-timers --all --no-legend virgem-restore.timer").strip() == ""
    render(offered, "frr.conf", ROUTES)
    assert play(offered.lab, offered.inventory, "router", *EXCHANGE).code == 0
    assert live(offered, "/etc/frr/frr.conf") == ROUTES


def test_what_answered_before_a_swap_must_answer_after_it(offered: Hosts) -> None:
    address = offered.lab.hosts["router"].address
    asked = {"site_router_loopbacks": [address, "::1"], "site_router_reach_seconds": 2}
    reflectors = json.dumps({**asked, "site_router_reflectors": [f"{NETWORK}.1", "203.0.113.1"]})
    before = live(offered, "/etc/nftables.conf")
    silent = (
        "    chain output {\n        type filter hook output priority 0;\n        meta l4proto icmp drop\n    }\n}\n"
    )
    render(offered, "nftables.conf", RULES.removesuffix("}\n") + silent)
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE, "-e", reflectors)
    assert run.code == 2
    assert f"no answer from {NETWORK}.1" in run.messages()
    assert "203.0.113.1" not in run.messages()
    assert live(offered, "/etc/nftables.conf") == before
    render(offered, "nftables.conf", RULES.replace("dport 22", "dport { 22, 179 }"))
    run = play(offered.lab, offered.inventory, "router", *EXCHANGE, "-e", reflectors)
    assert run.code == 0, run.messages()
    assert ("router", "site_router : Wait until the route reflectors that answered answer again") in run.tasks("ok")
    render(offered, "nftables.conf", RULES)
    assert play(offered.lab, offered.inventory, "router", *EXCHANGE).code == 0


def test_a_router_makes_one_key_and_keeps_it_to_itself(hosts: Hosts) -> None:
    key = live(hosts, "/etc/wireguard/private.key").strip()
    assert hosts.lab.ssh("router", "stat -c '%a %U' /etc/wireguard/private.key").strip() == "600 root"
    assert len(key) == 44
    for run in (hosts.first["router"], hosts.second["router"]):
        assert key not in run.output
        assert key not in "".join(one.message for one in run.outcomes)
    made = ("router", "site_router : Make the key of the router, once")
    assert made in hosts.first["router"].tasks("changed")
    assert made not in hosts.second["router"].tasks("changed")
    assert live(hosts, "/etc/wireguard/private.key").strip() == key


def test_a_tunnel_waits_for_the_key_of_its_far_end_and_says_so(hosts: Hosts) -> None:
    for near, far in (("router", "centre"), ("centre", "router")):
        assert f"{near}: tunnel wg0 stays down, it waits for the key of {far}" in hosts.first[near].output
        assert hosts.lab.ssh(near, "wg-quick strip wg0").startswith("# ")
        assert hosts.lab.ssh(near, "stat -c %a /etc/wireguard/wg0.conf").strip() == "600"
        assert hosts.lab.ssh(near, "systemctl is-enabled wg-quick@wg0 || true").strip() == "disabled"


@pytest.fixture(scope="module")
def joined(hosts: Hosts) -> Hosts:
    """The hosts, whose two routers were in one run and so know each other's keys."""
    if not wireguard.in_kernel():
        for name in ("router", "centre"):
            shutil.copy(wireguard.program(), hosts.lab.hosts[name].root / "usr/local/bin/wireguard-go")
    steps = {
        "Lay down the keys of the far routers that this run knows": ("--tags", "iso-8.24"),
        "Bring up the tunnels whose far key has come": (),
    }
    for task, arguments in steps.items():
        run = play(hosts.lab, hosts.inventory, BOTH, *arguments)
        assert run.code == 0, run.messages()
        assert run.tasks("changed") == [(host, f"site_router : {task}") for host in ("centre", "router")]
        assert "stays down" not in run.output
    return hosts


def _carries(hosts: Hosts) -> bool:
    """Tell whether the tunnel carries packets to all addresses of its far end; raises when it does not."""
    addresses = hosts.files["centre"][WG].partition("Address = ")[2].partition("\n")[0].split(", ")
    assert len(addresses) == 3, "one of each family, and the link-local one"
    for address in addresses:
        hosts.lab.ssh("router", f"ping -c 1 -W 2 -I wg0 {address.partition('/')[0]}")
    return True


def test_routers_that_know_each_others_keys_have_a_tunnel_that_carries_packets(joined: Hosts) -> None:
    _until(lambda: _carries(joined))
    assert joined.lab.ssh("centre", "wg show wg0 latest-handshakes").split()[1] != "0"
    assert joined.lab.ssh("router", "systemctl is-enabled wg-quick@wg0").strip() == "enabled"


@pytest.mark.parametrize("limit", [BOTH, "router"])
def test_a_tunnel_that_is_up_is_left_alone(joined: Hosts, limit: str) -> None:
    since = joined.lab.ssh("router", "systemctl show --property ActiveEnterTimestampMonotonic wg-quick@wg0")
    run = play(joined.lab, joined.inventory, limit)
    assert run.code == 0, run.messages()
    assert run.tasks("changed") == []
    assert joined.lab.ssh("router", "systemctl show --property ActiveEnterTimestampMonotonic wg-quick@wg0") == since


def test_a_tunnel_whose_new_file_fails_comes_back_as_it_was(joined: Hosts, offered: Hosts) -> None:
    before = live(joined, "/etc/wireguard/wg0.conf")
    render(joined, WG, before.replace("MTU = ", "MTU = 1300\n# "))
    probes = json.dumps({"site_router_probes": [["ping", "-c1", "-W1", "203.0.113.1"]]})
    run = play(joined.lab, joined.inventory, "router", *EXCHANGE, "-e", probes)
    assert run.code == 2
    assert live(joined, "/etc/wireguard/wg0.conf") == before
    assert "mtu 1420" in joined.lab.ssh("router", "ip link show dev wg0")
    _until(lambda: _carries(joined))


def test_a_tunnel_that_the_plan_has_no_more_is_taken_down(joined: Hosts, offered: Hosts) -> None:
    path = rendered(joined.lab, "router") / WG
    path.unlink()
    run = play(joined.lab, joined.inventory, "router", *EXCHANGE)
    assert run.code == 0, run.messages()
    assert run.tasks("changed") == [("router", "site_router : Remove those that the plan has no more")]
    assert "does not exist" in joined.lab.ssh("router", "ip link show dev wg0 2>&1 || true")
    assert joined.lab.ssh("router", "systemctl --failed --no-legend") == ""
    path.write_text(joined.files["router"][WG])
    assert play(joined.lab, joined.inventory, "router", *EXCHANGE).code == 0
    _until(lambda: _carries(joined))


@pytest.mark.parametrize("lost", ["", "frr.conf"])
def test_files_that_are_missing_take_no_tunnel_and_no_name_of_a_port_away(
    joined: Hosts, offered: Hosts, lost: str
) -> None:
    folder = rendered(joined.lab, "router")
    (folder / WG).unlink()
    (folder / lost).unlink() if lost else shutil.rmtree(folder)
    run = play(joined.lab, joined.inventory, "router", *EXCHANGE)
    assert run.code == 2
    assert (
        f"router is left as it is: {folder} is not {'whole: it has no frr.conf' if lost else 'there'}" in run.messages()
    )
    assert run.tasks("changed") == []
    assert live(joined, "/etc/systemd/network/05-virgem-lan0.link").endswith("Name=lan0\n")
    assert _carries(joined)


def test_a_tunnel_and_a_name_of_a_port_come_back_where_the_router_needs_them(joined: Hosts, offered: Hosts) -> None:
    ends = {name: joined.files[name][WG].partition("Address = ")[2].partition("/")[0] for name in ("router", "centre")}
    asked = {"site_router_loopbacks": [ends["router"], "::1"], "site_router_reach_seconds": 2}
    for name in (WG, "ports/lan0.link"):
        (rendered(joined.lab, "router") / name).unlink()
    reflectors = json.dumps({**asked, "site_router_reflectors": [ends["centre"]]})
    run = play(joined.lab, joined.inventory, "router", *EXCHANGE, "-e", reflectors)
    assert run.code == 2
    assert f"no answer from {ends['centre']}" in run.messages()
    assert live(joined, "/etc/wireguard/wg0.conf") == joined.files["router"][WG]
    assert live(joined, "/etc/systemd/network/05-virgem-lan0.link").endswith("Name=lan0\n")
    _until(lambda: _carries(joined))
    slow = json.dumps({"site_router_probes": [["sleep", "30"]], "site_router_confirm_seconds": 8})
    run = play(joined.lab, joined.inventory, "router", *EXCHANGE, "-e", slow)
    assert run.code == 2
    assert "no confirmation came in time" in run.messages()
    _until(lambda: _carries(joined))


def _until(holds: Any, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except RuntimeError:
            pass
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.5)
