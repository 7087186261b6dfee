"""76x: prices of the cloud and costs that the region shares."""

from virgem.modules.problem import Rule, Text

RULES = (
    Rule(
        "E760",
        "A price of what does not exist",
        "Prijs van wat niet bestaat",
        "The price list names a server size or an image that no server can have.",
        "Choose one that there is.",
    ),
    Rule(
        "E761",
        "A weight for a municipality outside the estate",
        "Gewicht voor een gemeente buiten het estate",
        "A cost is shared among the municipalities of the estate: a part of somebody else would be paid by nobody.",
        "Correct the name, or delete the weight.",
    ),
    Rule(
        "E762",
        "Weights beside another sharing key",
        "Gewichten naast een andere verdeelsleutel",
        "Only key `fixed` goes by weights; inhabitants and usage bring their own.",
        "Write `key: fixed`, or delete the weights.",
    ),
    Rule(
        "E763",
        "A shared cost that nobody bears",
        "Gedeelde kost die niemand draagt",
        "All weights are 0, so there is nothing to divide the cost by.",
        "Raise a weight, or delete `weights`: then all bear equal parts.",
    ),
    Rule(
        "W764",
        "Something in use without a price",
        "Iets in gebruik zonder prijs",
        "The estate has a price list, but no price in it for something that is declared: it counts as free.",
        "Write the price; 0 when it is free on purpose.",
        says=Text(
            "{object} needs the price `{price}`, which is not in the list: it counts as free",
            "{object} vraagt de prijs `{price}`, die niet in de lijst staat: dat telt als gratis",
        ),
        hint=Text("write the price; 0 when it is free on purpose", "schrijf de prijs; 0 als het bewust gratis is"),
    ),
)
