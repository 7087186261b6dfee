"""One request to every service that its policy decides about.

A service loads its policy at the first such request, and two that come at once can be refused (403) meanwhile.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from .launch import Launch

_PATHS = {
    "keystone": "/v3/projects",
    "glance": "/v2/images",
    "placement": "/resource_providers",
    "neutron": "/v2.0/networks",
    "nova": "/v2.1/os-quota-sets/{project}",
    "cinder": "/v3/{project}/volumes/detail",
    "designate": "/v2/zones",
    "octavia": "/v2/lbaas/loadbalancers",
}
_TRIES = 20
# A proxy for the internet is none for this machine.
_OPENER = build_opener(ProxyHandler({}))


def ask_all(launch: Launch) -> tuple[str, str]:
    """Ask every service once, as the administrator; return the token and the project of that one."""
    token, project = _log_in(launch)
    for name, path in _PATHS.items():
        url = f"http://127.0.0.1:{launch.ports[name]}{path.format(project=project)}"
        patiently(name, Request(url, headers={"X-Auth-Token": token}))
    return token, project


def _log_in(launch: Launch) -> tuple[str, str]:
    domain = {"name": "Default"}
    user = {"name": "admin", "password": launch.admin_password, "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": {"name": "admin", "domain": domain}}}}
    url = f"http://127.0.0.1:{launch.ports['keystone']}/v3/auth/tokens"
    headers = {"Content-Type": "application/json"}
    told, answer = patiently("keystone", Request(url, json.dumps(body).encode(), headers))
    return told, answer["token"]["project"]["id"]


def patiently(name: str, request: Request) -> tuple[str, Any]:
    """Return the token and the body of an answer; what a cold service refuses at first is asked again."""
    reason = ""
    for _ in range(_TRIES):
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return answer.headers.get("X-Subject-Token", ""), json.loads(answer.read() or b"null")
        except HTTPError as error:
            reason = f"{error.code} {error.read(300).decode('utf-8', 'replace')}"
        except (URLError, OSError) as error:
            reason = str(error)
        time.sleep(0.25)
    raise RuntimeError(f"{name} does not answer as it should: {reason}")
