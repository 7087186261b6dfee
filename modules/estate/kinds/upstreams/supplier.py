"""The network of a supplier that runs software or gives support."""

from virgem.modules.estate.kinds.types import UpstreamKind

KIND = UpstreamKind(id="supplier", nl="Leverancier", en="Supplier", ports=("tcp/443",))
