"""The credential of a tenant's own programs, in the two forms that clients of OpenStack read."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from virgem.modules.cloud.engine.access import Access

CLOUDS, OPENRC = "clouds.yaml", "openrc"
_TYPE = "v3applicationcredential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """An application credential of one project; the secret is never shown."""

    nis: str  # NIS code, or "shared"
    project: str
    url: str
    region: str
    id: str
    secret: str = field(repr=False)
    authority: str = ""  # file with the certificates to trust
    insecure: bool = False


def credential(nis: str, project: str, access: Access, told: Mapping[str, Any]) -> Credential:
    """Return the credential that a stack's output tells, for the cloud of the operator's access."""
    return Credential(
        nis=nis,
        project=project,
        url=access.url,
        region=access.region,
        id=str(told["id"]),
        secret=str(told["secret"]),
        authority=access.authority,
        insecure=access.insecure,
    )


def files_of(credential: Credential) -> dict[str, bytes]:
    """Return the files for clients: `clouds.yaml` for OS_CLOUD, and `openrc` for a shell to read."""
    return {CLOUDS: clouds_yaml(credential), OPENRC: openrc(credential)}


def clouds_yaml(credential: Credential) -> bytes:
    """Return a clouds.yaml that names one cloud, after the project."""
    trust = {"cacert": credential.authority, "verify": False if credential.insecure else None}
    entry = {
        "auth_type": _TYPE,
        "auth": {
            "auth_url": credential.url,
            "application_credential_id": credential.id,
            "application_credential_secret": credential.secret,
        },
        "region_name": credential.region,
        "identity_api_version": 3,
        "interface": "public",
        **trust,
    }
    kept = {key: value for key, value in entry.items() if value not in ("", None)}
    return yaml.safe_dump({"clouds": {credential.project: kept}}, sort_keys=False).encode()


def openrc(credential: Credential) -> bytes:
    """Return the same as variables; those of another login would be taken before it, so they are unset."""
    told = {
        "OS_AUTH_TYPE": _TYPE,
        "OS_AUTH_URL": credential.url,
        "OS_APPLICATION_CREDENTIAL_ID": credential.id,
        "OS_APPLICATION_CREDENTIAL_SECRET": credential.secret,
        "OS_REGION_NAME": credential.region,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_INTERFACE": "public",
        "OS_CACERT": credential.authority,
        "OS_INSECURE": "true" if credential.insecure else "",
    }
    lines = ["for name in $(env | sed -n 's/^\\(OS_[A-Z0-9_]*\\)=.*/\\1/p'); do unset $name; done"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in told.items() if value]
    return "".join(f"{line}\n" for line in lines).encode()
