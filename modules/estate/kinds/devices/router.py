"""The router of a site: Linux with FRR, nftables and Kea."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="router",
    nl="Router",
    en="Router",
    zone="management",
    role="site_router",
    os="linux",
    watts=40,
    support_years=8,
    site_router=True,
    usual=True,
)
