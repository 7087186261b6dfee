"""ports/<name>.link: the name of each physical port of a site's router, by where it sits in the machine.

Debian names a port after its slot (enp1s0), the other files of a router after what it leads to (wan0), and netplan
0.106 can't find a port by its path. udev reads these files when it meets a port, so a new name comes at the next boot.
"""

from __future__ import annotations

from collections.abc import Mapping

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.base import Renderer, header


def files(_plan: NetworkPlan, router: RouterPlan) -> Mapping[str, str]:
    """Return a file for every port that the profile of a router declares, in use or not."""
    return {f"ports/{name}.link": _link(router, name, path) for name, path in sorted(router.ports.items())}


def _link(router: RouterPlan, name: str, path: str) -> str:
    return f"{header(router)}\n\n[Match]\nPath={path}\n\n[Link]\nName={name}\n"


RENDERER = Renderer(name="ports", files="ports/*.link", render=files)
