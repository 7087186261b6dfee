"""59x: whether every site is joined to the region."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E590",
        "Site without a path to a datacentre",
        "Locatie zonder weg naar een datacentrum",
        "Following the links of the plan from this site, no datacentre is reached.",
        "Give the site or its hub a link towards one, or add a backbone link.",
    ),
    Rule(
        "W591",
        "Link faster than what follows it",
        "Verbinding sneller dan wat erop volgt",
        "The link of a site carries more than all links of the site it leads to carry onwards.",
        "Widen the backbone there, or take a slower link.",
    ),
)
