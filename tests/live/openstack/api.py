"""A small client of OpenStack's APIs, over plain HTTP to this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

DOMAIN = {"name": "Default"}
OPENER = build_opener(ProxyHandler({}))
SECONDS = 60


class Refused(Exception):
    """An answer of 400 or more."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        super().__init__(f"{status}: {text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One who has logged in: their token, their project and where each service answers."""

    token: str
    project: str
    urls: Mapping[str, str]

    def ask(
        self, method: str, kind: str, path: str, body: object = None, data: bytes | None = None, **more: str
    ) -> Any:
        """Send a request to the service of this type and return what it answers."""
        kind_of = "application/octet-stream" if data is not None else "application/json"
        sent = json.dumps(body).encode() if body is not None else data
        headers = {"X-Auth-Token": self.token, "Content-Type": kind_of, **more}
        return send(Request(self.urls[kind] + path, sent, headers, method=method))[1]

    def get(self, kind: str, path: str) -> Any:
        return self.ask("GET", kind, path)

    def make(self, kind: str, path: str, body: object) -> Any:
        return self.ask("POST", kind, path, body)

    def until(self, kind: str, path: str, wanted: str, *keys: str) -> Any:
        """Wait until an object has reached a state."""
        deadline = time.monotonic() + SECONDS
        found: Any = None
        while time.monotonic() < deadline:
            found = self.get(kind, path)
            value = found
            for key in keys:
                value = value[key]
            if value == wanted:
                return found
            assert str(value).upper() != "ERROR", found
            time.sleep(0.2)
        raise AssertionError(f"not {wanted}: {found}")


def send(request: Request) -> tuple[Mapping[str, str], Any]:
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            text = answer.read()
            return answer.headers, json.loads(text) if text else None
    except HTTPError as error:
        raise Refused(error.code, error.read().decode("utf-8", "replace")) from None


def administrator(clouds: Path, project: str = "") -> Cloud:
    """Log in with what `virgem twin up` wrote for openstacksdk, to its own project or another."""
    auth = json.loads(clouds.read_text())["clouds"]["virgem"]["auth"]
    return log_in(auth["auth_url"], auth["username"], auth["password"], project or auth["project_name"])


def log_in(url: str, user: str, password: str, project: str) -> Cloud:
    identity = {"methods": ["password"], "password": {"user": {"name": user, "password": password, "domain": DOMAIN}}}
    body = {"auth": {"identity": identity, "scope": {"project": {"name": project, "domain": DOMAIN}}}}
    request = Request(f"{url}/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"})
    headers, answer = send(request)
    found = {
        service["type"]: endpoint["url"]
        for service in answer["token"]["catalog"]
        for endpoint in service["endpoints"]
        if endpoint["interface"] == "public"
    }
    return Cloud(token=headers["X-Subject-Token"], project=answer["token"]["project"]["id"], urls=found)
