"""Machines alike are named, placed, addressed and powered one by one."""

from __future__ import annotations

from fractions import Fraction

from virgem.modules.estate.machines import Machine, hosts, machines
from virgem.modules.estate.model import Datacentre
from virgem.modules.estate.model.hardware import HostRole
from virgem.modules.estate.power import dark, loads

from .texts import KORTRIJK, KORTRIJK_FILE, OPERATOR, WAREGEM, WAREGEM_FILE, good, load_texts

WEST = "  west: { at: kortrijk/stadhuis, public: 192.0.2.1 }\n"


def west(keys: str) -> Datacentre:
    indented = "".join(f"    {line}\n" for line in keys.splitlines())
    text = OPERATOR.replace(WEST, f"  west:\n    at: kortrijk/stadhuis\n    public: 192.0.2.1\n{indented}")
    return good(load_texts({"estate.yaml": text, KORTRIJK_FILE: KORTRIJK, WAREGEM_FILE: WAREGEM})).datacentres[0]


RACKS = """\
racks:
  r1: { feeds: { a: 3000, b: 3000 } }
  r2: { feeds: { a: 3000, b: 3000 } }
"""
HOSTS = """\
hosts:
  compute: { roles: compute, rack: [r1, r2], position: 5, height: 2, count: 5, cores: 16, threads: 32, ram-gb: 128, watts: 800, bmc: 172.20.0.254, address: 172.21.0.1 }
  control: { roles: [control, network], rack: r1, position: 1, cores: 8, ram-gb: 64, watts: 300, feeds: b }
switches: { leaf: { rack: [r1, r2], position: 42, count: 2, watts: 100 } }
"""  # noqa: E501 - lines of an estate


def named(found: tuple[Machine, ...]) -> dict[str, Machine]:
    return {machine.name: machine for machine in found}


def test_machines_alike_are_dealt_over_racks_and_stand_above_each_other() -> None:
    found = named(machines(west(RACKS + HOSTS)))
    places = {name: (machine.rack.id, machine.position, machine.top) for name, machine in found.items()}
    assert places == {
        "compute-1": ("r1", 5, 6),
        "compute-2": ("r2", 5, 6),
        "compute-3": ("r1", 7, 8),
        "compute-4": ("r2", 7, 8),
        "compute-5": ("r1", 9, 10),
        "control": ("r1", 1, 1),
        "leaf-1": ("r1", 42, 42),
        "leaf-2": ("r2", 42, 42),
    }


def test_machines_alike_have_addresses_that_follow() -> None:
    found = named(machines(west(RACKS + HOSTS)))
    assert [str(found[f"compute-{n}"].bmc) for n in (1, 2, 3)] == ["172.20.0.254", "172.20.0.255", "172.20.1.0"]
    assert str(found["compute-5"].address) == "172.21.0.5"
    assert found["control"].bmc is None


def test_hosts_are_found_by_role_and_switches_are_none() -> None:
    centre = west(RACKS + HOSTS)
    assert [machine.name for machine in hosts(centre, HostRole.NETWORK)] == ["control"]
    assert len(hosts(centre)) == 6
    assert named(machines(centre))["leaf-1"].roles == ()


def test_a_datacentre_has_what_its_hosts_have_unless_it_promises_less() -> None:
    centre = west(RACKS + HOSTS)
    assert (centre.cores, centre.ram_gb) == (5 * 32, 5 * 120)
    assert centre.storage_gb == 200_000, "no host stores: the disks are elsewhere"
    assert west("cores: 100\n" + RACKS + HOSTS).cores == 100
    storing = RACKS + HOSTS.replace("roles: compute,", "roles: [compute, storage], storage-gb: 10000,")
    assert west("copies: 2\nfill: 80\n" + storing).storage_gb == 5 * 10_000 * 80 // 100 // 2


def test_machines_draw_the_same_from_each_of_their_feeds() -> None:
    centre = west(RACKS + HOSTS)
    rack = centre.racks[0]
    inside = [machine for machine in machines(centre) if machine.rack is rack]
    assert loads(rack, inside) == {"a": Fraction(3 * 400 + 50), "b": Fraction(3 * 400 + 300 + 50)}
    assert loads(rack, inside, "a") == {"b": Fraction(3 * 800 + 300 + 100)}
    assert loads(rack, inside, "b") == {"a": Fraction(3 * 800 + 100)}


def test_without_a_side_stops_what_hangs_there_alone() -> None:
    centre = west(RACKS + HOSTS)
    assert [machine.name for machine in dark(centre.racks[0], machines_in(centre, "r1"), "b")] == ["control"]
    assert dark(centre.racks[0], machines_in(centre, "r1"), "a") == ()


def test_a_feed_that_carries_too_much_takes_the_rack_with_it() -> None:
    centre = west(RACKS.replace("a: 3000, b: 3000", "a: 3000, b: 2700") + HOSTS)
    assert len(dark(centre.racks[0], machines_in(centre, "r1"), "a")) == 5
    centre = west(RACKS.replace("a: 3000, b: 3000", "a: 3000, b: 2800") + HOSTS)
    assert dark(centre.racks[0], machines_in(centre, "r1"), "a") == ()


def machines_in(centre: Datacentre, rack: str) -> list[Machine]:
    return [machine for machine in machines(centre) if machine.rack.id == rack]
