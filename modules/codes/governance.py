"""9xx: governance: owners, risks, attestations, waivers, principles."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "W901",
        "A high risk without treatment",
        "Hoog risico zonder behandeling",
        "Likelihood times impact is 12 or more and nothing is said about what is done. The limit is a choice of this"
        " project.",
        "Add `treatment`.",
    ),
    Rule(
        "W902",
        "A role that owns nothing",
        "Rol die niets bezit",
        "The role is described, but nothing names it.",
        "Name it as owner somewhere, or delete it.",
    ),
    Rule(
        "E903",
        "An unknown control",
        "Onbekende maatregel",
        "The id is no control or subcategory of CyberFundamentals 2025.",
        "Take the suggested id.",
    ),
    Rule(
        "E904",
        "An attestation that ends before it was given",
        "Attest dat eindigt vóór het gegeven is",
        "It never counts.",
        "Swap the two days.",
    ),
    Rule(
        "W905",
        "An attestation for longer than a year",
        "Attest voor langer dan een jaar",
        "Owners verify at least once a year (ICR, configuration items of class 1); a longer word is no check.",
        "Let it end within a year.",
        ("ICR",),
    ),
    Rule(
        "E906",
        "An attestation that has ended",
        "Attest dat verlopen is",
        "It ended before the day of the check (--as-of), so what it covers is not evidenced.",
        "Ask the role to give it again.",
    ),
    Rule(
        "W907",
        "An attestation that ends soon",
        "Attest dat binnenkort verloopt",
        "It ends within 30 days of the day of the check (--as-of).",
        "Ask the role to give it again.",
    ),
    Rule(
        "E908",
        "A waiver about nothing",
        "Afwijking over niets",
        "No object of the estate has this path, so the waiver accepts nothing.",
        "Correct the path, or delete the waiver.",
    ),
    Rule(
        "E909",
        "A waiver of an unknown rule",
        "Afwijking van een onbekende regel",
        "No problem has this code.",
        "Take the code from the problem it accepts.",
    ),
    Rule(
        "E910",
        "A rule that cannot be waived",
        "Regel waarvan niet afgeweken mag worden",
        "Mistakes of text, structure and references (1xx to 3xx) and numbers that run out (E6xx) leave nothing to "
        "plan.",
        "Mend the mistake.",
    ),
    Rule(
        "W911",
        "A waiver that has ended",
        "Afwijking die afgelopen is",
        "It ended before the day of the check (--as-of) and accepts nothing any more.",
        "Delete it, or decide again.",
    ),
    Rule(
        "W912",
        "A principle without what it leans on",
        "Principe zonder waar het op steunt",
        "Principles of policy are met through principles of I&T and of realisation; some that this one needs are not"
        " chosen.",
        "Choose them too.",
    ),
    Rule(
        "W913",
        "A risk that is not reviewed",
        "Risico dat niet herzien is",
        "The review was due before the day of the check (--as-of).",
        "Review it.",
    ),
)
