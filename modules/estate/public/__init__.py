"""What is public about Flemish local government: municipalities, reference regions, intermunicipal associations."""

from virgem.modules.estate.public.register import (
    PublicAssociation,
    PublicMunicipality,
    PublicRegion,
    associations,
    code_meant,
    merged_into,
    municipalities,
    municipality,
    regions,
    slug,
    town_named,
)

__all__ = [
    "PublicAssociation",
    "PublicMunicipality",
    "PublicRegion",
    "associations",
    "code_meant",
    "merged_into",
    "municipalities",
    "municipality",
    "regions",
    "slug",
    "town_named",
]
