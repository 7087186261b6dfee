"""79x: who can manage what."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "W790",
        "A router that nobody can manage",
        "Router die niemand kan beheren",
        "A router answers its managers at its address in the zone for management of its site, and from there it "
        "reaches time, names, logs and packages. Without such a zone no play configures it.",
        "Add a zone for management, or take it out of `without`.",
        ("ICR network zones",),
        says=Text(
            "site {site} has no zone for management, so nobody can manage its router",
            "locatie {site} heeft geen zone voor beheer, dus niemand kan haar router beheren",
        ),
        hint=Text(
            "add `zones: {{ {zone}: {{}} }}`, or take it out of `without`",
            "voeg `zones: {{ {zone}: {{}} }}` toe, of haal ze uit `without`",
        ),
    ),
)
