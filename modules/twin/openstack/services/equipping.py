"""What whoever installs a cloud gives it before tenants come: availability zones, and a type of encrypted volumes."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request

from .asking import patiently
from .launch import Launch

ENCRYPTED = "encrypted"
_CIPHER = {"provider": "luks", "control_location": "front-end", "cipher": "aes-xts-plain64", "key_size": 256}


def equip(launch: Launch, token: str, project: str) -> None:
    """Make both, as the administrator."""
    for zone, hosts in launch.zones.items():
        if zone in launch.bare:
            continue
        wanted = {"aggregate": {"name": zone, "availability_zone": zone}}
        made = _make(launch, token, "nova", "/v2.1/os-aggregates", wanted)["aggregate"]["id"]
        for host in hosts:
            _make(launch, token, "nova", f"/v2.1/os-aggregates/{made}/action", {"add_host": {"host": host}})
    types = f"/v3/{project}/types"
    made = _make(launch, token, "cinder", types, {"volume_type": {"name": ENCRYPTED}})["volume_type"]["id"]
    _make(launch, token, "cinder", f"{types}/{made}/encryption", {"encryption": _CIPHER})


def _make(launch: Launch, token: str, name: str, path: str, body: object) -> Any:
    headers = {"X-Auth-Token": token, "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{launch.ports[name]}{path}"
    return patiently(name, Request(url, json.dumps(body).encode(), headers))[1]
