"""The configuration of every service of one instance, as text. Pure: the same instance, the same text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from virgem.modules.twin.openstack.parts import PARTS, ZONE_TRANSFER_OFFSET, ZONES

REGION = "RegionOne"
POLICY_FILE, POLICY_KEEP = "etc/policy.yaml", "etc/policy.d/.keep"
Sections = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The passwords of one instance, made when it is made."""

    admin: str
    service: str
    certificates: str
    heartbeat: str
    volumes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the configuration of an instance depends on; `environment` holds the installed services."""

    folder: Path
    environment: Path
    port_base: int
    secrets: Secrets
    zones: tuple[str, ...] = ZONES
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def port(self, name: str) -> int:
        """Return the port of a service."""
        return self.port_base + next(part.offset for part in PARTS if part.name == name)

    def url(self, name: str) -> str:
        """Return the address of a service, without its path in the catalogue."""
        return f"http://127.0.0.1:{self.port(name)}"

    @property
    def socket(self) -> Path:
        """Return the database's socket."""
        return self.folder / "database.sock"


def config_files(setting: Setting) -> dict[str, str]:
    """Return every configuration file, by its path in the instance's folder."""
    made = {
        "etc/keystone/keystone.conf": _keystone(setting),
        "etc/glance/glance-api.conf": _glance(setting),
        "etc/placement/placement.conf": _placement(setting),
        "etc/neutron/neutron.conf": _neutron(setting),
        "etc/nova/nova.conf": _nova(setting),
        "etc/cinder/cinder.conf": _cinder(setting),
        "etc/designate/designate.conf": _designate(setting),
        "etc/octavia/octavia.conf": _octavia(setting),
    }
    texts = {path: ini(sections) for path, sections in made.items()}
    return texts | {"etc/designate/pools.yaml": _pools(setting), POLICY_FILE: "{}\n", POLICY_KEEP: ""}


def ini(sections: Sections) -> str:
    """Return sections in the form that oslo.config reads; `$` would refer to another option, so it is doubled."""
    blocks = [
        f"[{section}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in options.items())
        for section, options in sections.items()
    ]
    return "\n".join(blocks)


def _value(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("$", "$$")


# ---- what they share


def _default(setting: Setting, name: str, **more: object) -> dict[str, object]:
    return {
        "log_file": setting.folder / "log" / f"{name}.log",
        "use_stderr": False,
        "host": "compute1",
        "my_ip": "127.0.0.1",
        # All that talk by messages share a process, so no broker is needed.
        "transport_url": "fake://",
        "rpc_response_timeout": 60,
        "state_path": setting.folder / "data" / name,
        **more,
    }


def _database(setting: Setting, name: str) -> dict[str, object]:
    socket = quote(str(setting.socket), safe="/")
    return {
        "connection": f"mysql+pymysql://root@localhost/{name}?unix_socket={socket}&charset=utf8",
        "max_pool_size": 30,
        "max_overflow": 60,
    }


def _service_user(setting: Setting, **more: object) -> dict[str, object]:
    return {
        "auth_type": "password",
        "auth_url": f"{setting.url('keystone')}/v3",
        "username": "service",
        "password": setting.secrets.service,
        "project_name": "service",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
        "region_name": REGION,
        **more,
    }


def _checked_tokens(setting: Setting) -> dict[str, dict[str, object]]:
    tokens = _service_user(
        setting,
        www_authenticate_uri=setting.url("keystone"),
        service_token_roles="service",
        service_token_roles_required=True,
        token_cache_time=300,
    )
    return {"keystone_authtoken": tokens}


def _common(setting: Setting) -> dict[str, dict[str, object]]:
    return {
        "oslo_concurrency": {"lock_path": setting.folder / "data" / "lock"},
        "oslo_messaging_notifications": {"driver": "noop"},
        "oslo_policy": {
            "enforce_scope": True,
            "enforce_new_defaults": True,
            # Both are there and say nothing: for what is not there many folders are searched, at every question.
            "policy_file": setting.folder / POLICY_FILE,
            "policy_dirs": (setting.folder / POLICY_KEEP).parent,
        },
    }


# ---- one by one


def _keystone(setting: Setting) -> Sections:
    keys = setting.folder / "data" / "keystone"
    return {
        "DEFAULT": _default(setting, "keystone", public_endpoint=setting.url("keystone")),
        "database": _database(setting, "keystone"),
        "fernet_tokens": {"key_repository": keys / "fernet-keys"},
        "fernet_receipts": {"key_repository": keys / "fernet-keys"},
        "credential": {"key_repository": keys / "credential-keys"},
        "token": {"expiration": 86400},
        # The passwords are made here and long; the usual cost would be paid at every log-in of a service.
        "identity": {"password_hash_algorithm": "bcrypt", "password_hash_rounds": 4},
        "cache": {"enabled": True, "backend": "dogpile.cache.memory"},
        **_common(setting),
    }


def _glance(setting: Setting) -> Sections:
    data = setting.folder / "data" / "glance"
    return {
        "DEFAULT": _default(
            setting, "glance", enabled_import_methods="[web-download]", node_staging_uri=f"file://{data}/staging"
        ),
        "glance_store": {"stores": "file", "default_store": "file", "filesystem_store_datadir": data / "images"},
        "paste_deploy": {
            "flavor": "keystone",
            "config_file": setting.environment / "etc" / "glance" / "glance-api-paste.ini",
        },
        "database": _database(setting, "glance"),
        **_checked_tokens(setting),
        **_common(setting),
    }


def _placement(setting: Setting) -> Sections:
    return {
        "DEFAULT": _default(setting, "placement"),
        "placement_database": _database(setting, "placement"),
        "api": {"auth_strategy": "keystone"},
        **_checked_tokens(setting),
        **_common(setting),
    }


def _neutron(setting: Setting) -> Sections:
    return {
        "DEFAULT": _default(
            setting,
            "neutron",
            core_plugin="ml2",
            service_plugins="router,qos,trunk,port_forwarding",
            api_paste_config=setting.environment / "etc" / "neutron" / "api-paste.ini",
            auth_strategy="keystone",
            dhcp_agent_notification=False,
            max_allowed_address_pair=100,
            dns_domain="example.test.",
        ),
        "ml2": {
            "type_drivers": "local,flat,vlan,vxlan,geneve",
            "tenant_network_types": "geneve",
            "mechanism_drivers": "virgem,openvswitch",
            "extension_drivers": "port_security,qos,dns_domain_ports",
        },
        "ml2_type_flat": {"flat_networks": "*"},
        "ml2_type_vlan": {"network_vlan_ranges": "physnet1:1:4000"},
        # Every number is a row that is written at the first start, so no more of them than a region needs.
        "ml2_type_vxlan": {"vni_ranges": "1:2000"},
        "ml2_type_geneve": {"vni_ranges": "1:2000", "max_header_size": 38},
        "database": _database(setting, "neutron"),
        "nova": _service_user(setting),
        "placement": _service_user(setting),
        **_checked_tokens(setting),
        **_common(setting),
    }


def _nova(setting: Setting) -> Sections:
    return {
        "DEFAULT": _default(
            setting,
            "nova",
            compute_driver="fake.FakeDriver",
            instances_path=setting.folder / "data" / "nova" / "instances",
            allow_resize_to_same_host=True,
            vif_plugging_is_fatal=False,
            vif_plugging_timeout=0,
            reserved_host_memory_mb=0,
        ),
        "conductor": {"workers": 1},
        "scheduler": {"workers": 1, "discover_hosts_in_cells_interval": -1},
        "api_database": _database(setting, "nova_api"),
        "database": _database(setting, "nova"),
        "placement": _service_user(setting),
        "neutron": _service_user(setting),
        "cinder": _service_user(setting),
        "keystone": _service_user(setting),
        "service_user": _service_user(setting, send_service_user_token=True),
        "glance": {"api_servers": setting.url("glance")},
        "vnc": {"enabled": False},
        **_checked_tokens(setting),
        **_common(setting),
    }


def _cinder(setting: Setting) -> Sections:
    etc, data = setting.environment / "etc" / "cinder", setting.folder / "data" / "cinder"
    return {
        "DEFAULT": _default(
            setting,
            "cinder",
            api_paste_config=etc / "api-paste.ini",
            resource_query_filters_file=etc / "resource_filters.json",
            rootwrap_config=etc / "rootwrap.conf",
            # One for each zone, of the zone's name: in a section of its own.
            enabled_backends=",".join(setting.zones),
            storage_availability_zone=setting.zones[0],
            default_volume_type="__DEFAULT__",
            glance_api_servers=setting.url("glance"),
            image_conversion_dir=data / "conversion",
            volumes_dir=data / "volumes",
        ),
        **{zone: _backend(zone) for zone in setting.zones},
        # Encrypted volumes all have this key: there is not a byte to encrypt.
        "key_manager": {
            "backend": "cinder.keymgr.conf_key_mgr.ConfKeyManager",
            "fixed_key": setting.secrets.volumes,
        },
        "coordination": {"backend_url": f"file://{data}/coordination"},
        "database": _database(setting, "cinder"),
        "nova": _service_user(setting),
        "service_user": _service_user(setting, send_service_user_token=True),
        **_checked_tokens(setting),
        **_common(setting),
    }


def _backend(zone: str) -> dict[str, object]:
    return {
        "volume_driver": "virgem_services.volume_driver.NoBytesDriver",
        "volume_backend_name": "nothing",
        "backend_availability_zone": zone,
    }


def _designate(setting: Setting) -> Sections:
    own = f"127.0.0.1:{setting.port('designate')}"
    return {
        "DEFAULT": _default(setting, "designate", root_helper=""),
        "service:api": {
            "listen": own,
            "api_base_uri": f"http://{own}/",
            "enable_host_header": True,
            "enable_api_v2": True,
            "enabled_extensions_v2": "quotas, reports",
            "auth_strategy": "keystone",
        },
        "service:central": {"workers": 1, "threads": 20},
        "service:worker": {
            "workers": 1,
            "threads": 20,
            "poll_timeout": 5,
            "poll_retry_interval": 1,
            "poll_max_retries": 30,
            "poll_delay": 0,
        },
        "producer_task:increment_serial": {"interval": 1},
        "producer_task:periodic_secondary_refresh": {"interval": 3600},
        "service:producer": {"workers": 1},
        "service:mdns": {"workers": 1, "listen": f"127.0.0.1:{_zone_transfer_port(setting)}"},
        "storage:sqlalchemy": _database(setting, "designate"),
        **_checked_tokens(setting),
        **_common(setting),
    }


def _zone_transfer_port(setting: Setting) -> int:
    return setting.port_base + ZONE_TRANSFER_OFFSET


def _pools(setting: Setting) -> str:
    """Return designate's pool; its own name server is all there is, and JSON is YAML."""
    own = {"host": "127.0.0.1", "port": _zone_transfer_port(setting)}
    target = {"type": "fake", "description": "none", "masters": [own], "options": own}
    pool = {
        "name": "default",
        "description": "answered by designate itself",
        "attributes": {},
        "ns_records": [{"hostname": "ns1.example.test.", "priority": 1}],
        "nameservers": [own],
        "targets": [target],
    }
    return json.dumps([pool], indent=1) + "\n"


def _octavia(setting: Setting) -> Sections:
    data, authority = setting.folder / "data" / "octavia", setting.folder / "data" / "octavia" / "ca.pem"
    return {
        "DEFAULT": _default(setting, "octavia"),
        "api_settings": {
            "bind_host": "127.0.0.1",
            "bind_port": setting.port("octavia"),
            "auth_strategy": "keystone",
            "enabled_provider_drivers": "amphora:balancers that do not run,octavia:balancers that do not run",
            "default_provider_driver": "octavia",
            "allow_ping_health_monitors": True,
        },
        "health_manager": {
            "heartbeat_key": setting.secrets.heartbeat,
            "bind_ip": "127.0.0.1",
            "controller_ip_port_list": "127.0.0.1:5555",
        },
        "controller_worker": {
            "workers": 1,
            **{f"{kind}_driver": f"{kind}_noop_driver" for kind in ("amphora", "compute", "network", "volume")},
            "image_driver": "image_noop_driver",
            "amp_boot_network_list": "00000000-0000-0000-0000-000000000001",
            "amp_flavor_id": 1,
            "amp_image_tag": "amphora",
            "client_ca": authority,
            "loadbalancer_topology": "SINGLE",
        },
        "certificates": {
            "cert_generator": "local_cert_generator",
            "cert_manager": "local_cert_manager",
            "ca_certificate": authority,
            "ca_private_key": data / "ca.key",
            "ca_private_key_passphrase": setting.secrets.certificates,
            # Octavia wants 32 characters here.
            "server_certs_key_passphrase": setting.secrets.certificates[:32],
        },
        "haproxy_amphora": {"client_cert": authority, "server_ca": authority},
        "task_flow": {"engine": "parallel", "jobboard_enabled": False},
        "driver_agent": {f"{kind}_socket_path": data / f"{kind}.sock" for kind in ("status", "stats", "get")},
        "database": _database(setting, "octavia"),
        "service_auth": _service_user(setting),
        **_checked_tokens(setting),
        **_common(setting),
    }


# ---- for those who use it


def environment_file(setting: Setting) -> str:
    """Return the administrator's access as variables for a shell."""
    values = {
        "OS_AUTH_URL": f"{setting.url('keystone')}/v3",
        "OS_USERNAME": "admin",
        "OS_PASSWORD": setting.secrets.admin,
        "OS_PROJECT_NAME": "admin",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": REGION,
        "OS_IDENTITY_API_VERSION": "3",
    }
    return "".join(f"export {name}={value}\n" for name, value in values.items())


def clouds_file(setting: Setting) -> str:
    """Return the same for openstacksdk; JSON is YAML."""
    auth = {
        "auth_url": f"{setting.url('keystone')}/v3",
        "username": "admin",
        "password": setting.secrets.admin,
        "project_name": "admin",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
    }
    cloud = {"auth": auth, "region_name": REGION, "identity_api_version": 3}
    return json.dumps({"clouds": {"virgem": cloud}}, indent=2) + "\n"
