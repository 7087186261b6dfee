"""The way in for a tenant's own programs: a user without a person, and an application credential of it.

A credential belongs to whom makes it, so the provider logs in as that user. Password and secret are drawn once, when
the objects are made; from then on the state has them, encrypted, and what a later run draws is ignored.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of

# 256 bits; as text no longer than what bcrypt looks at (72 bytes).
_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationArgs:
    """The user as planned, the project it works in and the domain of that, with the ids of roles by name."""

    plan: model.Automation
    project: pulumi.Input[str]
    roles: Mapping[str, pulumi.Input[str]]
    domain_id: pulumi.Input[str]
    domain_name: pulumi.Input[str]


class Automation(pulumi.ComponentResource):
    """A user with a password that nobody knows, and a credential of its roles that can make no further ones."""

    user_id: pulumi.Output[str]
    credential_id: pulumi.Output[str]
    secret: pulumi.Output[str]

    def __init__(self, name: str, args: AutomationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Automation", name, None, opts)
        user = self._user(name, args)
        self.user_id = user.id
        held = [
            openstack.identity.RoleAssignment(
                f"{name}-{role}",
                project_id=args.project,
                user_id=user.id,
                role_id=args.roles[role],
                opts=child_of(self),
            )
            for role in args.plan.roles
        ]
        login = openstack.Provider(
            name,
            tenant_id=args.project,
            user_name=user.name,
            user_domain_name=args.domain_name,
            password=user.password,
            opts=child_of(self, depends_on=held),
        )
        credential = openstack.identity.ApplicationCredential(
            name,
            name=args.plan.name,
            description=args.plan.description,
            roles=sorted(args.plan.roles),
            unrestricted=False,
            secret=_drawn(),
            # The cloud takes it away with a role of its user.
            opts=child_of(self, provider=login, depends_on=held, ignore_changes=["secret"]),
        )
        self.credential_id, self.secret = credential.id, pulumi.Output.secret(credential.secret)
        self.register_outputs({"credential_id": self.credential_id})

    def _user(self, name: str, args: AutomationArgs) -> openstack.identity.User:
        return openstack.identity.User(
            name,
            name=args.plan.name,
            description=args.plan.description,
            domain_id=args.domain_id,
            default_project_id=args.project,
            enabled=True,
            password=_drawn(),
            # Nobody is there to change it.
            ignore_change_password_upon_first_use=True,
            ignore_password_expiry=True,
            opts=child_of(self, ignore_changes=["password"]),
        )


def _drawn() -> pulumi.Output[str]:
    return pulumi.Output.secret(secrets.token_urlsafe(_BYTES))
