"""Octavia: load balancers that exist in its database only; their addresses are ports of the network service."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from .launch import Launch
from .service import Application, Service

_RUNNING: list[Any] = []


def _arguments(launch: Launch, name: str, *more: str) -> list[str]:
    return [name, "--config-file", str(launch.etc("octavia") / "octavia.conf"), *more]


def _migrate(launch: Launch) -> None:
    sys.argv = _arguments(launch, "octavia-db-manage", "upgrade", "head")
    from octavia.db.migration import cli

    cli.main()


def _seed(launch: Launch) -> None:
    """Make the certificate authority that octavia signs its balancers' certificates with."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=virgem")
    now = datetime.now(UTC)
    authority = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    authority = authority.not_valid_before(now).not_valid_after(now + timedelta(days=365))
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    encryption = serialization.BestAvailableEncryption(launch.certificates_password.encode())
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    folder = launch.data("octavia")
    (folder / "ca.key").write_bytes(key.private_bytes(*form))
    (folder / "ca.pem").write_bytes(authority.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _load(launch: Launch) -> Application:
    sys.argv = _arguments(launch, "octavia-api")
    from octavia.api import app

    _give_real_addresses()
    application: Application = app.setup_app(argv=sys.argv)
    return application


def _give_real_addresses() -> None:
    """Let the driver that does nothing make and remove the ports of addresses, which clients look at."""
    from octavia.network.drivers.neutron.allowed_address_pairs import AllowedAddressPairsDriver
    from octavia.network.drivers.noop_driver.driver import NoopNetworkDriver

    real = cache(AllowedAddressPairsDriver)
    for name in ("allocate_vip", "deallocate_vip"):
        setattr(NoopNetworkDriver, name, _as(real, name, None))
    for name in ("get_network", "get_subnet", "get_port"):
        # The machines behind a balancer have none of these: they are made up, as the machines are.
        setattr(NoopNetworkDriver, name, _as(real, name, getattr(NoopNetworkDriver, name)))


def _as(real: Callable[[], Any], name: str, made_up: Callable[..., Any] | None) -> Callable[..., Any]:
    def call(own: object, *args: object, **more: object) -> Any:
        from octavia.network import base

        try:
            return getattr(real(), name)(*args, **more)
        except base.NetworkException:
            # What is asked for a person is there for them, or not; only what is asked for a machine is made up.
            if made_up is None or more.get("context") is not None:
                raise
            return made_up(own, *args, **more)

    return call


def _start(_: Launch) -> None:
    from octavia.controller.queue.v2 import consumer
    from oslo_config import cfg

    running = consumer.ConsumerService(0, cfg.CONF)
    running.run()
    _RUNNING.append(running)


SERVICE = Service(name="octavia", migrate=_migrate, seed=_seed, load=_load, start=_start)
