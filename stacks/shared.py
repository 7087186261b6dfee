"""The stack of what all tenants share."""

from __future__ import annotations

import pulumi

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import look_up
from virgem.modules.cloud.components.platform import Platform, PlatformArgs

GET_ROLE = "openstack:identity/getRole:getRole"
GET_AUTH_SCOPE = "openstack:identity/getAuthScope:getAuthScope"


def program(plan: model.Platform) -> None:
    """Build the platform and export what tenants are joined to."""
    platform = Platform("platform", PlatformArgs(plan=plan))
    pulumi.export("external", platform.external)
    pulumi.export("pools", platform.pools)
    pulumi.export("roles", {role: look_up(GET_ROLE, {"name": role}, "id") for role in plan.roles})
    pulumi.export("operator", look_up(GET_AUTH_SCOPE, {"name": "operator"}, "userId"))
    domain = {key: look_up(GET_AUTH_SCOPE, {"name": "operator"}, f"projectDomain{key}") for key in ("Id", "Name")}
    pulumi.export("domain", domain)
