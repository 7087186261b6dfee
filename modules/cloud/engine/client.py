"""A connection to a cloud's services, as its operator or as the programs of a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keystoneauth1.adapter import Adapter
from keystoneauth1.identity.v3 import ApplicationCredential, Password
from keystoneauth1.plugin import BaseAuthPlugin
from keystoneauth1.session import Session

_TIMEOUT = 60
_VERSIONS = {"compute": "2.1", "block-storage": "3.0", "identity": "3"}


class Client:
    """Who has logged in; several threads may ask at a time."""

    def __init__(self, auth: BaseAuthPlugin, region: str | None, authority: str, *, insecure: bool) -> None:
        self._session = Session(auth=auth, verify=False if insecure else authority or True, timeout=_TIMEOUT)
        self._region = region
        self._services: dict[str, Adapter] = {}

    def service(self, kind: str) -> Adapter:
        """Return the service of this type."""
        if kind not in self._services:
            self._services[kind] = Adapter(
                self._session,
                service_type=kind,
                interface="public",
                region_name=self._region,
                min_version=_VERSIONS.get(kind, "2"),
                max_version="latest",
                connect_retries=3,
            )
        return self._services[kind]

    def ask(
        self,
        kind: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retries: int = 0,
    ) -> Any:
        """Return the answer of a service, whatever its status; after 503 it is asked again up to `retries` times."""
        more = {} if body is None else {"json": body}
        return self.service(kind).request(
            path, method, headers=dict(headers or {}), raise_exc=False, status_code_retries=retries, **more
        )


def operator(access: Mapping[str, str]) -> Client:
    """Log in as the operator; the access is that of the provider, as OS_* variables."""
    auth = Password(
        auth_url=access["OS_AUTH_URL"],
        username=access["OS_USERNAME"],
        password=access["OS_PASSWORD"],
        project_name=access.get("OS_PROJECT_NAME"),
        user_domain_name=access.get("OS_USER_DOMAIN_NAME"),
        project_domain_name=access.get("OS_PROJECT_DOMAIN_NAME"),
    )
    return Client(
        auth, access.get("OS_REGION_NAME"), access.get("OS_CACERT", ""), insecure=bool(access.get("OS_INSECURE"))
    )


def program(url: str, id_: str, secret: str, region: str, authority: str, *, insecure: bool) -> Client:
    """Log in with an application credential."""
    auth = ApplicationCredential(auth_url=url, application_credential_id=id_, application_credential_secret=secret)
    return Client(auth, region or None, authority, insecure=insecure)
