"""A physical server in a site."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="server",
    nl="Server",
    en="Server",
    zone="servers",
    role="server_baseline",
    os="linux",
    watts=350,
    support_years=6,
)
