"""A tenant's place in the cloud: its project, groups with their roles, and every quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantArgs:
    """A project as planned, and the ids of what the control plane already has."""

    project: pulumi.Input[str]
    description: pulumi.Input[str]
    tags: model.Tags
    groups: tuple[model.Group, ...]
    quota: model.Quota
    roles: Mapping[str, pulumi.Input[str]]  # role id by role name
    operator: pulumi.Input[str]  # the user that runs this program: it works within the project


class Tenant(pulumi.ComponentResource):
    """The project of a municipality with its groups, roles and quotas; `project_id` once it exists."""

    project_id: pulumi.Output[str]
    entered: openstack.identity.RoleAssignment

    def __init__(self, name: str, args: TenantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Tenant", name, None, opts)
        project = openstack.identity.Project(
            "project",
            name=args.project,
            description=args.description,
            enabled=True,
            is_domain=False,
            tags=list(args.tags),
            opts=child_of(self, protect=True),
        )
        self.project_id = project.id
        self.entered = openstack.identity.RoleAssignment(
            "operator-admin",
            project_id=project.id,
            user_id=args.operator,
            role_id=args.roles["admin"],
            opts=child_of(self),
        )
        for group in args.groups:
            self._group(group, args.roles)
        self._quotas(args.quota)
        self.register_outputs({"project_id": self.project_id})

    def _group(self, group: model.Group, roles: Mapping[str, pulumi.Input[str]]) -> None:
        people = openstack.identity.GroupV3(
            group.id, name=group.name, description=group.description, opts=child_of(self)
        )
        for role in group.roles:
            openstack.identity.RoleAssignment(
                f"{group.id}-{role}",
                project_id=self.project_id,
                group_id=people.id,
                role_id=roles[role],
                opts=child_of(self),
            )

    def _quotas(self, quota: model.Quota) -> None:
        """Set every limit; the provider puts the defaults back when a quota is removed."""
        project, opts = self.project_id, child_of(self)
        openstack.compute.QuotaSetV2("compute", project_id=project, opts=opts, **_limits(quota.compute))
        openstack.networking.QuotaV2("network", project_id=project, opts=opts, **_limits(quota.network))
        openstack.blockstorage.QuoteSetV3(
            "storage",
            project_id=project,
            volume_type_quota={key: str(limit) for key, limit in quota.storage_types.items()},
            opts=opts,
            **_limits(quota.storage),
        )
        openstack.loadbalancer.Quota("balancing", project_id=project, opts=opts, **_limits(quota.balancing))
        openstack.dns.QuotaV2("dns", project_id=project, opts=opts, **_limits(quota.dns))


def _limits(limits: Mapping[str, int]) -> dict[str, Any]:
    return dict(limits)
