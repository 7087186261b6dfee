"""The lasting stack of a tenant: project, groups, roles, quotas, volumes, DNS zones and key pairs."""

from __future__ import annotations

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.automation import Automation, AutomationArgs
from virgem.modules.cloud.components.base import Stack
from virgem.modules.cloud.components.data import Data, DataArgs
from virgem.modules.cloud.components.tenant import Tenant, TenantArgs
from virgem.modules.cloud.names import data_stack
from virgem.network.model import SHARED


def program(plan: model.DataStack) -> None:
    """Build what must outlive the applications of a tenant and export its ids."""
    shared = Stack(SHARED)
    names = {"admin", *plan.automation.roles, *(role for group in plan.groups for role in group.roles)}
    roles = {name: shared.output("roles", name) for name in sorted(names)}
    tenant = Tenant(
        plan.nis,
        TenantArgs(
            project=plan.project,
            description=plan.description,
            tags=plan.tags,
            groups=plan.groups,
            quota=plan.quota,
            roles=roles,
            operator=shared.output("operator"),
        ),
    )
    automation = Automation(
        "automation",
        AutomationArgs(
            plan=plan.automation,
            project=tenant.project_id,
            roles=roles,
            domain_id=shared.output("domain", "Id"),
            domain_name=shared.output("domain", "Name"),
        ),
    )
    # Volumes and zones belong to the project that made them: a provider that works within it, once it may.
    within = openstack.Provider(
        "within", tenant_id=tenant.project_id, opts=pulumi.ResourceOptions(depends_on=[tenant.entered])
    )
    held = any(zone.held for zone in plan.zones)
    holder = openstack.Provider("holder", tenant_id=Stack(data_stack(SHARED)).output("project")) if held else None
    args = DataArgs(
        volumes=plan.volumes,
        zones=plan.zones,
        keys=plan.keys,
        user=automation.user_id,
        project=tenant.project_id,
        holder=holder,
    )
    data = Data(plan.nis, args, pulumi.ResourceOptions(providers=[within]))
    pulumi.export("project", tenant.project_id)
    pulumi.export("automation", {"id": automation.credential_id, "secret": automation.secret})
    pulumi.export("volumes", data.volumes)
    pulumi.export("zones", data.zones)
