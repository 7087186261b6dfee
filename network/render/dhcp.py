"""What the two DHCP renderers share: JSON of Kea 2.2, pools and options of a zone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

from virgem.modules.estate.kinds.types import Icr
from virgem.network.model import RouterPlan, ZonePlan
from virgem.network.render import names
from virgem.network.render.frr.lan import served

# Seconds an address is lent: phones of visitors come and go, cameras stay.
LEASE = {Icr.VISITOR: 3600, Icr.USER: 43_200, Icr.DEVICE: 86_400, Icr.APPLICATION: 86_400, Icr.DMZ: 86_400}
# Debian's AppArmor profiles (usr.sbin.kea-dhcp4, kea-dhcp6 and kea-lfc) let Kea write leases under these names only.
LEASES = "/var/lib/kea/kea-leases{}.csv"
# At boot Kea may be there before the ports are: it tries again for two minutes.
RETRY = '"service-sockets-max-retries": 24, "service-sockets-retry-wait-time": 5000'
_compact = json.JSONEncoder(ensure_ascii=True).encode
# Interfaces repeat over sites.
word = lru_cache(maxsize=4096)(_compact)


def zones(router: RouterPlan) -> list[ZonePlan]:
    """Return the zones in which the router hands out addresses."""
    return [zone for zone in router.zones if served(zone)]


def document(router: RouterPlan, version: int, interfaces: Iterable[str], subnets: list[str]) -> str:
    """Return a Kea configuration: no control socket, leases in a file, one subnet per zone."""
    # Each port is a zone's only server, so it may say that a lease of elsewhere is none (RFC 2131, 4.3.2).
    first = ['    "authoritative": true,'] if version == 4 else []
    lines = [
        "{",
        f'  "Dhcp{version}": {{',
        f'    "user-context": {{ "comment": {word(f"made by virgem for {router.name}")} }},',
        f'    "interfaces-config": {{ "interfaces": {_compact(list(interfaces))}, {RETRY} }},',
        f'    "lease-database": {{ "type": "memfile", "persist": true, "name": "{LEASES.format(version)}" }},',
        *first,
        # Machines are known by their MAC address; asking for other names of theirs costs a look-up each.
        '    "host-reservation-identifiers": ["hw-address"],',
        '    "valid-lifetime": 43200,',
        f'    "loggers": [ {{ "name": "kea-dhcp{version}", "output_options": [ {{ "output": "syslog" }} ],'
        ' "severity": "INFO" } ],',
        f'    "subnet{version}": [',
        ",\n".join(subnets),
        "    ]",
        "  }",
        "}",
        "",
    ]
    return "\n".join(line for line in lines if line or line == lines[-1])


def item(fields: Mapping[str, str]) -> str:
    """Return a subnet, a key per line; the values are JSON text."""
    body = ",\n".join(f'        "{key}": {value}' for key, value in fields.items())
    return f"      {{\n{body}\n      }}"


def fields(zone: ZonePlan, subnet: str, pools: str, values: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what a subnet has in both families; its VLAN is its id, options without a value are left out."""
    return {
        "id": str(int(zone.vlan)),
        "subnet": word(subnet),
        "interface": word(names.lan(zone)),
        "user-context": f'{{"zone": {_compact(zone.key)}}}',
        "valid-lifetime": str(LEASE[zone.icr]),
        "pools": f'[{{"pool": "{pools}"}}]' if pools else "[]",
        "option-data": f"[{', '.join(_option(name, data) for name, data in values if data)}]",
    }


@lru_cache(maxsize=4096)
def _option(name: str, data: str) -> str:
    return _compact({"name": name, "data": data})


def told(zone: ZonePlan, values: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the options for a zone: visitors are told no domain of the inside, which is not answered to them."""
    inside = ("domain-name", "domain-search") if zone.icr is Icr.VISITOR else ()
    return tuple((name, data) for name, data in values if name not in inside)


def reservations(hosts: Iterable[Mapping[str, object]]) -> str:
    """Return fixed addresses."""
    return _compact(list(hosts))
