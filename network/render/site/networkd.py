"""networkd.conf: the end of every routing instance, beside what netplan makes for the loopback interface.

A look-up that finds nothing in the table of an instance goes on in the main table, which may know a way to the internet
that no tenant may take. So each table ends with an unreachable default in both families; it needs neither FRR nor the
instance's own interface to be there. A drop-in of systemd-networkd, because netplan 0.106 crashes on routes of an
instance and writes metrics above 2^31 with a sign.
"""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.base import Renderer, header, single

FILE = "networkd.conf"
# The metric of the kernel's own advice (Documentation/networking/vrf.rst), the last choice of all: FRR reads its first
# byte as distance 255, which never wins from a route of its own.
LAST = 4278198272


def text(_plan: NetworkPlan, router: RouterPlan) -> str:
    """Return networkd.conf of a router."""
    ends = (_end(every, vrf.table) for vrf in router.vrfs for every in ("0.0.0.0/0", "::/0"))
    return f"{header(router)}\n{''.join(ends)}"


def _end(every: str, table: int) -> str:
    return f"\n[Route]\nDestination={every}\nType=unreachable\nMetric={LAST}\nTable={table}\n"


RENDERER = Renderer(name="networkd", files=FILE, render=single(FILE, text))
