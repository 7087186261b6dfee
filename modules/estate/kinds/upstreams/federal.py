"""The network of the federal government."""

from virgem.modules.estate.kinds.types import UpstreamKind

KIND = UpstreamKind(id="federal", nl="Federale overheid", en="Federal government", ports=("tcp/443",))
