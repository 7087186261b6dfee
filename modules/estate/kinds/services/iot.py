"""Message broker that mediates for sensors (MQTT over TLS)."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="iot", nl="IoT-platform", en="IoT platform", ports=("tcp/8883",), zone=Icr.DMZ, users=(Icr.DEVICE,), servers=2
)
