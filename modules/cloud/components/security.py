"""The security groups of a tenant: what the policy allows and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroupsArgs:
    """Groups and their rules as planned."""

    groups: tuple[model.SecurityGroup, ...]
    address_groups: tuple[model.AddressGroup, ...]


class SecurityGroups(pulumi.ComponentResource):
    """Security groups without the provider's default rules; ids by group id."""

    groups: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:SecurityGroups", name, None, opts)
        self._addresses = {group.id: self._address_group(group).id for group in args.address_groups}
        self.groups = {}
        # At the first request in a project the network service makes a group of its own; several at once are in each
        # other's way, so one goes ahead.
        first: list[pulumi.Resource] = []
        for group in args.groups:
            made = self._group(group, first)
            self.groups[group.id] = made.id
            first = first or [made]
        for group in args.groups:
            for rule in group.rules:
                self._rule(group.id, rule)
        self.register_outputs({"groups": self.groups})

    def _address_group(self, group: model.AddressGroup) -> openstack.networking.AddressGroupV2:
        return openstack.networking.AddressGroupV2(
            group.id,
            name=group.name,
            description=group.description,
            addresses=list(group.prefixes),
            opts=child_of(self),
        )

    def _group(self, group: model.SecurityGroup, after: list[pulumi.Resource]) -> openstack.networking.SecGroup:
        return openstack.networking.SecGroup(
            group.id,
            name=group.name,
            description=group.description,
            delete_default_rules=True,
            stateful=True,
            tags=list(group.tags),
            opts=child_of(self, depends_on=after),
        )

    def _rule(self, group: str, rule: model.SecurityRule) -> None:
        first, last = rule.ports or (None, None)
        openstack.networking.SecGroupRule(
            f"{group}:{rule.id}",
            security_group_id=self.groups[group],
            direction=rule.direction,
            ethertype=rule.family,
            protocol=rule.protocol or None,
            port_range_min=first,
            port_range_max=last,
            remote_ip_prefix=rule.prefix or None,
            remote_address_group_id=self._addresses[rule.address_group] if rule.address_group else None,
            remote_group_id=self.groups[rule.remote_group] if rule.remote_group else None,
            description=rule.description,
            opts=child_of(self),
        )
