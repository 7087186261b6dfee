"""Recording of cameras (RTSP over TLS)."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="video",
    nl="Videobeheer",
    en="Video management",
    ports=("tcp/443", "tcp/322"),
    zone=Icr.DMZ,
    users=(Icr.DEVICE,),
    servers=2,
    flavor="large",
    volume_gb=2000,
)
