"""The DNS records of a tenant's servers and load balancers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsArgs:
    """Records as planned and the ids of their zones."""

    records: tuple[model.DnsRecord, ...]
    zones: Mapping[str, pulumi.Input[str]]


class Records(pulumi.ComponentResource):
    """Record sets in the tenant's zones."""

    def __init__(self, name: str, args: RecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Records", name, None, opts)
        for record in args.records:
            openstack.dns.RecordSet(
                record.id,
                zone_id=args.zones[record.zone],
                name=f"{record.name}.",
                type=record.type,
                ttl=300,
                records=list(record.values),
                opts=child_of(self),
            )
        self.register_outputs({"names": sorted({record.name for record in args.records})})
