"""9xx: governance: owners, risks, attestations, waivers, principles."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "W901",
        "A high risk without treatment",
        "Hoog risico zonder behandeling",
        "Likelihood times impact is 12 or more and nothing is said about what is done. The limit is a choice of this"
        " project.",
        "Add `treatment`.",
        says=Text(
            "risk {risk} scores {likelihood} x {impact} = {score} and has no treatment",
            "risico {risk} scoort {likelihood} x {impact} = {score} en heeft geen behandeling",
        ),
        hint=Text("add `treatment`: what is done about it", "voeg `treatment` toe: wat eraan gedaan wordt"),
    ),
    Rule(
        "W902",
        "A role that owns nothing",
        "Rol die niets bezit",
        "The role is described, but nothing names it.",
        "Name it as owner somewhere, or delete it.",
        says=Text("role {role} owns nothing", "rol {role} is nergens eigenaar van"),
        hint=Text("name it as `owner` somewhere, or delete it", "noem ze ergens als `owner`, of schrap ze"),
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
        says=Text(
            "attestation {attestation} counts for {days} days; owners verify at least once a year",
            "attest {attestation} geldt {days} dagen; eigenaars kijken minstens één keer per jaar na",
        ),
        hint=Text("let it end within a year", "laat het binnen een jaar eindigen"),
    ),
    Rule(
        "W906",
        "An attestation that has ended",
        "Attest dat verlopen is",
        "It ended before the day of the check (--as-of), so what it covers is not evidenced.",
        "Ask the role to give it again.",
        says=Text("attestation {attestation} ended on {end}", "attest {attestation} eindigde op {end}"),
        hint=Text("ask {owner} to give it again", "vraag {owner} om het opnieuw te geven"),
    ),
    Rule(
        "W907",
        "An attestation that ends soon",
        "Attest dat binnenkort verloopt",
        "It ends within 30 days of the day of the check (--as-of).",
        "Ask the role to give it again.",
        says=Text(
            "attestation {attestation} ends on {end}; days left: {days}",
            "attest {attestation} eindigt op {end}; resterende dagen: {days}",
        ),
        hint=Text("ask {owner} to give it again", "vraag {owner} om het opnieuw te geven"),
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
        "No problem has this code, no policy this name, and no kind of object that may drift either.",
        "Take the code from the problem it accepts, the policy's name from `virgem policy --list`, or the rule that "
        "`virgem cloud drift` names.",
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
        says=Text(
            "waiver {waiver} ended on {end} and accepts nothing any more",
            "afwijking {waiver} eindigde op {end} en aanvaardt niets meer",
        ),
        hint=Text("delete it, or decide again", "schrap ze, of beslis opnieuw"),
    ),
    Rule(
        "W912",
        "A principle without what it leans on",
        "Principe zonder waar het op steunt",
        "Principles of policy are met through principles of I&T and of realisation; some that this one needs are not"
        " chosen.",
        "Choose them too.",
        says=Text(
            "principle {principle} leans on {missing}, not chosen",
            "principe {principle} steunt op {missing}, niet gekozen",
        ),
        hint=Text("choose them too", "kies die ook"),
    ),
    Rule(
        "W913",
        "A risk that is not reviewed",
        "Risico dat niet herzien is",
        "The review was due before the day of the check (--as-of).",
        "Review it.",
        says=Text(
            "the review of risk {risk} was due on {due}",
            "de herziening van risico {risk} moest op {due} gebeuren",
        ),
        hint=Text("review it, then write the next day", "herzie het, en schrijf daarna de volgende dag"),
    ),
)
