"""The public internet, reached by filtering components only."""

from virgem.modules.estate.kinds.types import UpstreamKind

KIND = UpstreamKind(
    id="internet",
    nl="Internet",
    en="Internet",
    registration_required=False,
    public=True,
    ports=("tcp/80", "tcp/443"),
    usual=True,
)
