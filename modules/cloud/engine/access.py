"""Who the operator is to the cloud: from OS_* variables or a clouds.yaml, as every client of OpenStack takes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from virgem.modules import files
from virgem.modules.problem import UserError

_LIMIT = 2**20
_HINT = "for the local one: . the file that `virgem twin up` names; for others set OS_CLOUD or OS_AUTH_URL and the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The access of one who may make projects; the password is never shown."""

    url: str
    user: str
    password: str = field(repr=False)
    project: str
    user_domain: str
    project_domain: str
    region: str
    authority: str = ""  # file with the certificates to trust
    insecure: bool = False

    def variables(self) -> dict[str, str]:
        """Return the same as OS_* variables, for the provider.

        It takes no clouds.yaml: of one it would use the project for all, whichever tenant's it is told to enter.
        """
        told = {
            "OS_AUTH_URL": self.url,
            "OS_USERNAME": self.user,
            "OS_PASSWORD": self.password,
            "OS_PROJECT_NAME": self.project,
            "OS_USER_DOMAIN_NAME": self.user_domain,
            "OS_PROJECT_DOMAIN_NAME": self.project_domain,
            "OS_REGION_NAME": self.region,
            "OS_CACERT": self.authority,
            "OS_INSECURE": "true" if self.insecure else "",
        }
        return {name: value for name, value in told.items() if value}


def take_out(environment: MutableMapping[str, str] = os.environ) -> dict[str, str]:
    """Take all OS_* variables out of the environment and return them: SDK and provider read them by themselves."""
    return {name: environment.pop(name) for name in list(environment) if name.startswith("OS_")}


def access(environment: Mapping[str, str] = os.environ) -> Access:
    """Return the operator's access; UserError where there is none, or one that cannot enter other projects."""
    named = environment.get("OS_CLOUD")
    told = _of_file(named, environment) if named else _of_variables(environment)
    if not told.get("auth_url"):
        raise UserError("no access to a cloud is given: neither OS_CLOUD nor OS_AUTH_URL is set", _HINT)
    if not told.get("password") or not told.get("username"):
        raise UserError(
            f"the access to {told['auth_url']} has no user name and password",
            "an application credential is bound to one project; give those of a user with the role admin",
        )
    return Access(
        url=str(told["auth_url"]).rstrip("/"),
        user=str(told["username"]),
        password=str(told["password"]),
        project=str(told.get("project_name") or ""),
        user_domain=str(told.get("user_domain_name") or told.get("domain_name") or "Default"),
        project_domain=str(told.get("project_domain_name") or told.get("domain_name") or "Default"),
        region=str(told.get("region_name") or ""),
        authority=str(told.get("cacert") or ""),
        insecure=_is_yes(told.get("insecure")) or told.get("verify") is False,
    )


def is_given(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether somebody meant to give one, complete or not."""
    return bool(environment.get("OS_CLOUD") or environment.get("OS_AUTH_URL"))


def _of_variables(environment: Mapping[str, str]) -> dict[str, Any]:
    names = ("auth_url", "username", "password", "project_name", "user_domain_name", "project_domain_name")
    more = ("domain_name", "region_name", "cacert", "insecure")
    return {name: environment.get(f"OS_{name.upper()}") for name in (*names, *more)}


def _is_yes(value: object) -> bool:
    return str(value).lower() in ("1", "true", "yes")


def _of_file(cloud: str, environment: Mapping[str, str]) -> dict[str, Any]:
    for path in _files(environment):
        found = _clouds(path).get(cloud)
        if isinstance(found, dict):
            return {**found, **(found.get("auth") or {})}
    looked = ", ".join(map(str, _files(environment)))
    raise UserError(f"OS_CLOUD is {cloud!r}, and no clouds.yaml names it", f"looked at {looked}")


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the places where a clouds.yaml may lie, as openstacksdk looks for it."""
    if named := environment.get("OS_CLIENT_CONFIG_FILE"):
        yield Path(named)
    home = environment.get("HOME") or os.path.expanduser("~")
    yield from (folder / "clouds.yaml" for folder in (Path(), Path(home) / ".config/openstack", Path("/etc/openstack")))


def _clouds(path: Path) -> dict[str, Any]:
    data = files.read_bytes(path, _LIMIT)
    try:
        body = yaml.safe_load(data) if data else None
        found = (body or {}).get("clouds") or {}
    except (yaml.YAMLError, AttributeError, RecursionError, ValueError) as error:
        raise UserError(f"{path} cannot be read as a clouds.yaml", "correct it, or set OS_* variables") from error
    return found if isinstance(found, dict) else {}
