"""Invented racks and hosts for a new estate: each datacentre carries all quotas, also when one host is lost."""

from __future__ import annotations

from collections.abc import Mapping

from virgem.modules.estate.starter.yaml_lines import Value, inline, table

# One model of each, usual sizes: 64 cores of two threads and 1 TiB; 56 TB of disks. A feed is one of 32 A and 230 V, of
# which 80 % is used: enough for a rack of four hosts that compute, two that store, one that controls and a switch.
_COMPUTE = {"cores": 64, "threads": 128, "ram-gb": 1024, "watts": 900}
_STORAGE = {"cores": 32, "ram-gb": 256, "storage-gb": 56_000, "watts": 600}
_CONTROL = {"cores": 32, "ram-gb": 384, "watts": 450}
_SWITCH = {"watts": 250}
_FEED_WATTS = 5900
_COMPUTING, _STORING = 4, 2  # in one rack, at most
_CONTROL_UNIT = 30
# Without one rack of three there are still three hosts of each sort: copies are kept on hosts of their own.
_FEWEST_RACKS, _FEWEST_HOSTS = 3, 5
# Nova's overcommit of threads, what a host keeps of its memory, and storage of three copies that is 85 % full.
_VCPUS = _COMPUTE["threads"] * 4
_RAM_GB = _COMPUTE["ram-gb"] - 8
_HELD_GB = _STORAGE["storage-gb"] * 85 // 300
COMMENT = """\
# Each can carry the tenants of both. Racks, feeds, hosts and their addresses are invented: all quotas fit when one
# host is lost, and all servers when a rack is. The control plane stands in the west."""


def datacentre(keys: Mapping[str, Value], need: Mapping[str, int], place: int) -> list[str]:
    """Return the lines of a datacentre; `need` is what its tenants may use (virtual cores, GiB), `place` from 0."""
    computing = max(_FEWEST_HOSTS, _of(need["ram-gb"], _RAM_GB) + 1, _of(need["cores"], _VCPUS) + 1)
    storing = max(_FEWEST_HOSTS, _of(need["storage-gb"], _HELD_GB) + 1)
    count = max(_FEWEST_RACKS, _of(computing, _COMPUTING), _of(storing, _STORING))
    racks: list[Value] = [f"r{number}" for number in range(1, count + 1)]
    rack: Mapping[str, Value] = {"room": "zaal", "feeds": {"a": _FEED_WATTS, "b": _FEED_WATTS}}
    hosts: dict[str, Value] = {
        "compute": _host("compute", racks, computing, 10, place, 16, _COMPUTE),
        "storage": _host("storage", racks, storing, 1, place, 32, _STORAGE),
    }
    if place == 0:
        hosts["control"] = _host(["control", "network", "monitoring"], racks[:3], 3, _CONTROL_UNIT, place, 8, _CONTROL)
    leaf: dict[str, Value] = {
        "rack": racks,
        "position": 41,
        "count": count,
        "bmc": f"172.{20 + 2 * place}.1.1",
        **_SWITCH,
    }
    return [
        *(f"    {key}: {inline(value)}" for key, value in keys.items()),
        "    rooms: { zaal: Zaal }",
        "    racks:",
        *table({str(name): rack for name in racks}, 6),
        "    hosts:",
        *table(hosts, 6),
        f"    switches: {{ leaf: {inline(leaf)} }}",
    ]


def _host(
    roles: Value, racks: Value, count: int, position: int, place: int, net: int, sizes: Mapping[str, int]
) -> Value:
    """Return the keys that hosts have beside their sizes; those that control are one unit high."""
    return {
        "roles": roles,
        "rack": racks,
        "position": position,
        **({"height": 2} if position != _CONTROL_UNIT else {}),
        "count": count,
        "bmc": f"172.{20 + 2 * place}.{net}.1",
        "address": f"172.{21 + 2 * place}.{net}.1",
        **sizes,
    }


def _of(whole: int, part: int) -> int:
    return -(-whole // part)
