"""The network of the Flemish government and its building blocks."""

from virgem.modules.estate.kinds.types import UpstreamKind

KIND = UpstreamKind(id="flemish", nl="Vlaamse overheid", en="Flemish government", ports=("tcp/443",))
