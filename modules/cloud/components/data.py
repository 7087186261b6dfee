"""What must never be lost with an application: volumes and DNS zones, all protected, and key pairs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of
from virgem.modules.cloud.quotas import ENCRYPTED_TYPE, PLAIN_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArgs:
    """Volumes, zones and keys as planned, whose they are, and the way into the project that holds the zones held."""

    volumes: tuple[model.Volume, ...]
    zones: tuple[model.DnsZone, ...]
    keys: tuple[model.AccessKey, ...]
    user: pulumi.Input[str]  # whose the key pairs are: a project has none
    project: pulumi.Input[str]
    holder: openstack.Provider | None = None


class Data(pulumi.ComponentResource):
    """The data of a tenant; ids by the names of the estate."""

    volumes: dict[str, pulumi.Output[str]]
    zones: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: DataArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Data", name, None, opts)
        self.volumes = {volume.id: self._volume(volume).id for volume in args.volumes}
        self.zones = {zone.id: self._zone(zone, args).id for zone in args.zones}
        for key in args.keys:
            self._key_pair(key, args.user)
        self.register_outputs({"volumes": self.volumes, "zones": self.zones})

    def _volume(self, volume: model.Volume) -> openstack.blockstorage.Volume:
        return openstack.blockstorage.Volume(
            volume.id,
            name=volume.name,
            description=volume.description,
            size=volume.size_gb,
            availability_zone=volume.zone,
            volume_type=ENCRYPTED_TYPE if volume.encrypted else PLAIN_TYPE,
            metadata=dict(volume.metadata),
            # Growing a volume in use must not replace it.
            enable_online_resize=True,
            opts=child_of(self, protect=True),
        )

    def _key_pair(self, key: model.AccessKey, user: pulumi.Input[str]) -> None:
        """Make a key pair of the public half alone.

        Not protected by the engine, which would keep a key that is to go: the guard asks for the number instead.
        """
        openstack.compute.Keypair(
            key.name,
            name=key.name,
            public_key=key.public,
            user_id=user,
            # Of a user no two have one name.
            opts=child_of(self, delete_before_replace=True),
        )

    def _zone(self, zone: model.DnsZone, args: DataArgs) -> openstack.dns.Zone:
        where = {"provider": args.holder} if zone.held else {}
        made = openstack.dns.Zone(
            zone.id,
            name=f"{zone.name}.",
            email=zone.email,
            description=zone.description,
            ttl=3600,
            type="PRIMARY",
            opts=child_of(self, protect=True, **where),
        )
        if zone.held:
            openstack.dns.ZoneShareV2(
                zone.id, zone_id=made.id, target_project_id=args.project, opts=child_of(self, **where)
            )
        return made
