"""daemons: which routing daemons FRR starts."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.base import Renderer, header, single

FILE = "daemons"
ON = ("ospfd", "ospf6d", "bgpd", "bfdd")
OFF = (
    "ripd",
    "ripngd",
    "isisd",
    "pimd",
    "pim6d",
    "ldpd",
    "nhrpd",
    "eigrpd",
    "babeld",
    "sharpd",
    "pbrd",
    "fabricd",
    "vrrpd",
    "pathd",
)
# Every daemon's own telnet console listens on loopback only.
BODY = "\n".join(
    [
        *(f"{name}=yes" for name in ON),
        *(f"{name}=no" for name in OFF),
        "vtysh_enable=yes",
        'zebra_options="-A 127.0.0.1 -s 90000000"',
        *(f'{name}_options="-A {"::1" if name == "ospf6d" else "127.0.0.1"}"' for name in (*ON, "staticd")),
        "",
    ]
)


def text(_plan: NetworkPlan, router: RouterPlan) -> str:
    """Return the daemons file of a router."""
    return f"{header(router)}\n{BODY}"


# /etc/frr/daemons is read by a shell.
RENDERER = Renderer(name="daemons", files=FILE, render=single(FILE, text), checker=("sh", "-n", "{file}"))
