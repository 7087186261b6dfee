"""Who can read what is sent."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "W780",
        "Sensitive traffic in clear",
        "Gevoelig verkeer onversleuteld",
        "What a site of class 3 or higher sends crosses a network of others in clear: on a link that is neither own "
        "nor a tunnel nothing encrypts the overlay. At the hub of a municipality all such sites that are joined to it "
        "count, on a backbone link those of both ends. A backup counts like the link.",
        "Take a kind that is a tunnel or own fibre, or waive it while something else encrypts (MACsec, TLS).",
        ("PR.DS-02.1",),
        says=Text(
            "the {kind} link of {link} carries traffic of class {level} and higher in clear over a network of others, "
            "that of {sites}",
            "de {kind}-verbinding van {link} draagt verkeer van klasse {level} en hoger onversleuteld over een netwerk "
            "van anderen, dat van {sites}",
        ),
        hint=Text(
            "take own fibre or an encrypted tunnel ({ways}), or waive it while something else encrypts",
            "neem eigen glasvezel of een versleutelde tunnel ({ways}), of aanvaard het zolang iets anders versleutelt",
        ),
    ),
)
