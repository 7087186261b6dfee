"""Recording of cameras (RTSP over TLS)."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="video",
    nl="Videobeheer",
    en="Video management",
    ports=("tcp/443", "tcp/322"),
    zone=Icr.DMZ,
    # Staff who may watch have a flow of their own: no zone of theirs brings this service.
    users=(Icr.USER, Icr.DEVICE),
    servers=2,
    flavor="large",
    volume_gb=2000,
    # RTSP over TLS (RFC 7826), and the settings of cameras.
    reaches=("tcp/322", "tcp/443"),
)
