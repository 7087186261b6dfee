"""What all tenants share: availability zones, flavors, images, external networks, address scopes and subnet pools."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of
from virgem.network.model import SHARED


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformArgs:
    """The platform as planned."""

    plan: model.Platform


class Platform(pulumi.ComponentResource):
    """Availability zones, flavors, images, external networks and pools of the region."""

    external: dict[str, pulumi.Output[str]]
    pools: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: PlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Platform", name, None, opts)
        for aggregate in args.plan.aggregates:
            self._aggregate(aggregate)
        for flavor in args.plan.flavors:
            self._flavor(flavor)
        for image in args.plan.images:
            self._image(image, args.plan.tags)
        self.external = {network.datacentre: self._external(network).id for network in args.plan.external}
        scopes = {pool.id: self._scope(pool) for pool in args.plan.pools}
        self.pools = {pool.id: self._pool(pool, scopes[pool.id]).id for pool in args.plan.pools}
        for network in args.plan.external:
            if network.floating:
                self._floating(network, network.floating, scopes["ipv4"])
        self.register_outputs({"external": self.external, "pools": self.pools})

    def _aggregate(self, aggregate: model.Aggregate) -> None:
        # A host that the compute service does not know is refused, and so is taking one out that runs servers.
        openstack.compute.AggregateV2(
            aggregate.zone,
            name=aggregate.zone,
            zone=aggregate.zone,
            hosts=list(aggregate.hosts),
            metadata=dict(aggregate.metadata),
            opts=child_of(self),
        )

    def _flavor(self, flavor: model.Flavor) -> None:
        openstack.compute.Flavor(
            flavor.id,
            name=flavor.name,
            vcpus=flavor.vcpus,
            ram=flavor.ram_mb,
            disk=flavor.disk_gb,
            is_public=True,
            # The names that the standard asks a flavor to be found by (SCS-0103).
            extra_specs={"scs:name-v2": flavor.name, "scs:cpu-type": "shared-core"},
            opts=child_of(self),
        )

    def _image(self, image: model.Image, tags: model.Tags) -> None:
        openstack.images.Image(
            image.name,
            name=image.name,
            image_source_url=image.url,
            web_download=True,
            container_format="bare",
            disk_format="qcow2",
            visibility="public",
            tags=list(tags),
            opts=child_of(self),
        )

    def _external(self, network: model.ExternalNetwork) -> openstack.networking.Network:
        return openstack.networking.Network(
            f"external-{network.datacentre}",
            name=network.name,
            description=f"Way out of the tenants in {network.datacentre}",
            external=True,
            shared=False,
            admin_state_up=True,
            tags=list(network.tags),
            opts=child_of(self, protect=True),
        )

    def _floating(
        self, network: model.ExternalNetwork, subnet: model.Subnet, scope: openstack.networking.AddressScope
    ) -> None:
        """Make the floating addresses of a datacentre a subnet of its external network, in the scope of the region.

        A router routes between two networks without translation only if both are in one scope. The pool is of this
        prefix alone and the operator's own, so that no tenant makes a network of it.
        """
        length = int(subnet.prefix.rpartition("/")[2])
        pool = openstack.networking.SubnetPool(
            f"floating-{network.datacentre}",
            name=f"{SHARED}-floating-{network.datacentre}",
            ip_version=4,
            prefixes=[subnet.prefix],
            min_prefixlen=length,
            max_prefixlen=length,
            address_scope_id=scope.id,
            shared=False,
            tags=list(network.tags),
            opts=child_of(self),
        )
        openstack.networking.Subnet(
            f"floating-{network.datacentre}",
            name=f"{SHARED}-floating-{network.datacentre}",
            description=f"Floating addresses and routers of {network.datacentre}",
            network_id=self.external[network.datacentre],
            ip_version=4,
            cidr=subnet.prefix,
            subnetpool_id=pool.id,
            gateway_ip=subnet.gateway,
            enable_dhcp=False,
            allocation_pools=[openstack.networking.SubnetAllocationPoolArgs(start=subnet.first, end=subnet.last)],
            tags=list(network.tags),
            opts=child_of(self),
        )

    def _scope(self, pool: model.AddressPool) -> openstack.networking.AddressScope:
        return openstack.networking.AddressScope(
            pool.id, name=pool.id, ip_version=pool.version, shared=True, opts=child_of(self)
        )

    def _pool(
        self, pool: model.AddressPool, scope: openstack.networking.AddressScope
    ) -> openstack.networking.SubnetPool:
        return openstack.networking.SubnetPool(
            pool.id,
            name=pool.id,
            ip_version=pool.version,
            prefixes=list(pool.prefixes),
            min_prefixlen=pool.shortest,
            max_prefixlen=pool.longest,
            address_scope_id=scope.id,
            shared=True,
            tags=list(pool.tags),
            opts=child_of(self),
        )
