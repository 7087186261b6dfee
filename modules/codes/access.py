"""Access keys: who may log in to the servers of the cloud."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "E791",
        "More key pairs than the quota",
        "Meer sleutelparen dan het quotum",
        "A quota class is the most a tenant may use; the cloud would refuse what goes beyond it, half-way. Each access "
        "key of the municipality and of the operator is a key pair of the tenant.",
        "Take a larger quota class, or declare less.",
    ),
    Rule(
        "E792",
        "One key under two names",
        "Eén sleutel onder twee namen",
        "An access key has one role that answers for it. Were it there twice, it would stay when that role's is taken "
        "out, and the later of two last days would count.",
        "Let each role make a key of its own.",
        ("PR.AA-01.1",),
    ),
    Rule(
        "W793",
        "An access key that has ended",
        "Toegangssleutel die afgelopen is",
        "Its last day was before the day of the check (--as-of). Servers that were made with that day refuse it since; "
        "those made before it was written do not know of it, and as a key pair it stays until it is taken out of the "
        "estate.",
        "Take it out, or let the role make a new one under a name of its own.",
        ("PR.AA-01.1",),
        says=Text(
            "access key {key} ended on {end}",
            "toegangssleutel {key} eindigde op {end}",
        ),
        hint=Text("take it out, or ask {owner} for a new one", "neem hem weg, of vraag {owner} om een nieuwe"),
    ),
    Rule(
        "W794",
        "An access key that ends soon",
        "Toegangssleutel die binnenkort verloopt",
        "It ends within 30 days of the day of the check (--as-of). Servers have the keys of the day on which they were "
        "made, so those that there are need the next one by hand before this one ends.",
        "Let the role make a new one under a name of its own, and bring it to the servers that there are.",
        ("PR.AA-01.1",),
        says=Text(
            "access key {key} ends on {end}; days left: {days}",
            "toegangssleutel {key} eindigt op {end}; resterende dagen: {days}",
        ),
        hint=Text(
            "ask {owner} for a new one, and bring it to the servers that there are",
            "vraag {owner} om een nieuwe, en breng hem naar de servers die er zijn",
        ),
    ),
)
