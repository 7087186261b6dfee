"""Which inputs the provider cannot change in place: another value means a new object and the end of the old one.

From the provider's reference ("Changing this creates a new ..."), and from its source where the reference is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ROLE = frozenset({"projectId", "groupId", "userId", "roleId", "domainId"})
_OF_PROJECT = frozenset({"projectId"})

FORCES_NEW: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "openstack:blockstorage/quoteSetV3:QuoteSetV3": _OF_PROJECT,
        "openstack:blockstorage/volume:Volume": frozenset({"availabilityZone", "imageId", "snapshotId", "sourceVolId"}),
        "openstack:compute/aggregateV2:AggregateV2": frozenset(),
        "openstack:compute/flavor:Flavor": frozenset({"disk", "ram", "vcpus", "name", "isPublic", "flavorId"}),
        "openstack:compute/instance:Instance": frozenset(
            {"availabilityZone", "networks", "keyPair", "userData", "configDrive", "blockDevices", "schedulerHints"}
        ),
        "openstack:compute/keypair:Keypair": frozenset({"name", "publicKey", "userId", "valueSpecs"}),
        "openstack:compute/quotaSetV2:QuotaSetV2": _OF_PROJECT,
        "openstack:compute/serverGroup:ServerGroup": frozenset({"name", "policies"}),
        "openstack:compute/volumeAttach:VolumeAttach": frozenset({"instanceId", "volumeId", "tag", "device"}),
        "openstack:dns/quotaV2:QuotaV2": _OF_PROJECT,
        "openstack:dns/recordSet:RecordSet": frozenset({"zoneId", "name", "type"}),
        "openstack:dns/zoneShareV2:ZoneShareV2": frozenset({"zoneId", "targetProjectId", "projectId"}),
        "openstack:dns/zone:Zone": frozenset({"name", "type", "attributes"}),
        "openstack:identity/applicationCredential:ApplicationCredential": frozenset(
            {"accessRules", "description", "expiresAt", "name", "roles", "secret", "unrestricted"}
        ),
        "openstack:identity/groupV3:GroupV3": frozenset({"domainId"}),
        "openstack:identity/project:Project": frozenset({"isDomain", "parentId", "domainId"}),
        "openstack:identity/roleAssignment:RoleAssignment": _ROLE,
        "openstack:identity/user:User": frozenset({"domainId"}),
        "openstack:images/image:Image": frozenset({"imageSourceUrl", "containerFormat", "diskFormat", "webDownload"}),
        "openstack:loadbalancer/listener:Listener": frozenset({"loadbalancerId", "protocol", "protocolPort"}),
        "openstack:loadbalancer/loadBalancer:LoadBalancer": frozenset({"vipAddress", "vipSubnetId", "vipNetworkId"}),
        "openstack:loadbalancer/member:Member": frozenset({"address", "poolId", "protocolPort", "subnetId"}),
        "openstack:loadbalancer/monitor:Monitor": frozenset({"type", "poolId"}),
        "openstack:loadbalancer/pool:Pool": frozenset({"protocol", "listenerId", "loadbalancerId"}),
        "openstack:loadbalancer/quota:Quota": _OF_PROJECT,
        "openstack:networking/addressGroupV2:AddressGroupV2": _OF_PROJECT,
        "openstack:networking/addressScope:AddressScope": frozenset({"ipVersion", "projectId"}),
        "openstack:networking/floatingIp:FloatingIp": frozenset(
            {"address", "pool", "tenantId", "dnsName", "dnsDomain", "valueSpecs"}
        ),
        "openstack:networking/network:Network": frozenset({"tenantId"}),
        "openstack:networking/port:Port": frozenset({"networkId", "macAddress", "tenantId"}),
        "openstack:networking/quotaV2:QuotaV2": _OF_PROJECT,
        "openstack:networking/router:Router": frozenset({"tenantId"}),
        "openstack:networking/routerInterface:RouterInterface": frozenset({"routerId", "subnetId", "portId"}),
        "openstack:networking/secGroup:SecGroup": frozenset({"tenantId"}),
        "openstack:networking/secGroupRule:SecGroupRule": frozenset(
            {
                "direction",
                "ethertype",
                "securityGroupId",
                "description",
                "portRangeMin",
                "portRangeMax",
                "protocol",
                "remoteIpPrefix",
                "remoteGroupId",
                "remoteAddressGroupId",
            }
        ),
        "openstack:networking/subnet:Subnet": frozenset({"networkId", "ipVersion", "cidr", "subnetpoolId", "tenantId"}),
        "openstack:networking/subnetPool:SubnetPool": frozenset({"projectId"}),
    }
)


def forces_new(type_token: str, changed: frozenset[str]) -> bool:
    """Tell whether these changed inputs mean a new object."""
    return bool(FORCES_NEW.get(type_token, frozenset()) & changed)
