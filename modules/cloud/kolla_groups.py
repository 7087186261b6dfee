"""The groups that Kolla-Ansible knows: which of its services run on the hosts of which others.

They are the interface of Kolla-Ansible (its inventory for several nodes, master of August 2026, after 2026.1): its
playbooks ask for all of them, also for those of services that are not enabled. Each line is a group and what is put on
its hosts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from virgem.modules.estate.model.hardware import HostRole

_LINES = """\
control: baremetal common tls-backend hacluster etcd mariadb rabbitmq memcached valkey opensearch
control: keystone horizon glance nova placement cinder neutron-server neutron-rpc-server neutron-periodic-worker
control: neutron-ovn-maintenance-worker ovn-database octavia designate barbican heat ironic magnum mistral manila
control: aodh ceilometer gnocchi cloudkitty cyborg tacker trove watcher skyline blazar
control: masakari-api masakari-engine masakari-hostmonitor prometheus-node-exporter prometheus-cadvisor
network: baremetal common tls-backend loadbalancer neutron openvswitch neutron-ovn-agent neutron-ovn-metadata-agent
network: ovn-controller-network manila-share designate-mdns prometheus-node-exporter prometheus-cadvisor
network: prometheus-openstack-network-exporter
compute: baremetal common hacluster-remote openvswitch neutron-ovn-agent neutron-ovn-metadata-agent
compute: ovn-controller-compute iscsid multipathd collectd ceilometer-compute ceilometer-ipmi cyborg-agent
compute: masakari-instancemonitor prometheus-node-exporter prometheus-cadvisor prometheus-libvirt-exporter
compute: prometheus-openstack-network-exporter
storage: baremetal common cinder-volume-lvm cinder-volume-multiple cinder-backup-lvm cinder-backup-multiple
storage: iscsid tgtd multipathd prometheus-node-exporter prometheus-cadvisor
monitoring: baremetal common grafana prometheus prometheus-node-exporter prometheus-cadvisor prometheus-alertmanager
monitoring: prometheus-openstack-exporter prometheus-blackbox-exporter
deployment: bifrost
common: cron fluentd kolla_logs kolla_toolbox
loadbalancer: letsencrypt
letsencrypt: letsencrypt-webserver letsencrypt-lego
mariadb: prometheus-mysqld-exporter
memcached: prometheus-memcached-exporter
valkey: prometheus-valkey-exporter
opensearch: opensearch-dashboards prometheus-elasticsearch-exporter
glance: glance-api
placement: placement-api
nova: nova-api nova-conductor nova-metadata nova-super-conductor nova-novncproxy nova-scheduler
nova: nova-spicehtml5proxy nova-compute-ironic nova-serialproxy
cinder: cinder-api cinder-scheduler cinder-volume cinder-volume-multiple cinder-backup cinder-backup-multiple
neutron: neutron-dhcp-agent neutron-l3-agent neutron-metadata-agent neutron-metering-agent neutron-bgp-dragent
neutron: neutron-ovn-vpn-agent ironic-neutron-agent
ovn-controller-compute: ovn-controller
ovn-controller-network: ovn-controller
ovn-database: ovn-northd ovn-nb-db ovn-sb-db ovn-sb-db-relay
manila-share: openvswitch
octavia: octavia-api octavia-driver-agent octavia-health-manager octavia-housekeeping octavia-worker
designate: designate-api designate-central designate-producer designate-worker designate-sink designate-backend-bind9
barbican: barbican-api barbican-keystone-listener barbican-worker
heat: heat-api heat-api-cfn heat-engine
ironic: ironic-api ironic-conductor ironic-dnsmasq ironic-tftp ironic-http iscsid
magnum: magnum-api magnum-conductor
mistral: mistral-api mistral-executor mistral-engine mistral-event-engine
manila: manila-api manila-scheduler manila-data
aodh: aodh-api aodh-evaluator aodh-listener aodh-notifier
ceilometer: ceilometer-central ceilometer-notification
gnocchi: gnocchi-api gnocchi-statsd gnocchi-metricd
cloudkitty: cloudkitty-api cloudkitty-processor
cyborg: cyborg-api cyborg-conductor
tacker: tacker-server tacker-conductor
trove: trove-api trove-conductor trove-taskmanager
watcher: watcher-api watcher-engine watcher-applier
skyline: skyline-apiserver skyline-console
blazar: blazar-api blazar-manager
"""


def _parsed() -> Mapping[str, tuple[str, ...]]:
    """Return the groups that consist of others, each with the groups that it consists of."""
    found: dict[str, list[str]] = {}
    for line in _LINES.splitlines():
        owner, _, services = line.partition(": ")
        for service in services.split():
            found.setdefault(service, []).append(owner)
    return MappingProxyType({service: tuple(owners) for service, owners in sorted(found.items())})


# Each group with the groups whose hosts it has.
CHILDREN = _parsed()
# The groups that hosts are in by what they do; the last is the machine that Kolla-Ansible runs on.
ROLES = (*(str(role) for role in HostRole), "deployment")
