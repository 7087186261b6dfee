"""59x: whether every site is joined to the region, by ports that its router has."""

from virgem.modules.problem import Rule, Text

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
        says=Text(
            "{kind} of {capacity} ends at {hub}, which has {onward} onwards",
            "{kind} van {capacity} eindigt in {hub}, dat verder {onward} heeft",
        ),
        hint=Text("widen the backbone at that hub", "verbreed de ruggengraat bij dat knooppunt"),
    ),
    Rule(
        "E592",
        "A tunnel that ends at no datacentre",
        "Tunnel die niet in een datacentrum eindigt",
        "A tunnel is opened from one end towards the public address of the other, and only datacentres have one.",
        "Let it end at a datacentre, or take a link kind without a tunnel.",
    ),
    Rule(
        "E593",
        "A datacentre without the public address its tunnels need",
        "Datacentrum zonder het publieke adres dat zijn tunnels nodig hebben",
        "Sites open tunnels over the internet to this datacentre, but nothing says where it is found.",
        "Add `public` to the datacentre.",
    ),
    Rule(
        "W594",
        "More routers than one area should hold",
        "Meer routers dan één gebied hoort te bevatten",
        "All routers of an estate share one OSPF area and the route reflectors of its datacentres: each knows every"
        " link, and each change is worked out by all. Vendors advise 50 to 100 routers an area on small machines and a"
        " few hundred on large ones; this project has run 287 routers of FRR in one, and warns above 300.",
        "Make estates of fewer municipalities, each with its own datacentres and pools; or let routers as yours carry"
        " an area of this size in a test, and accept it with a waiver.",
        ("PR.IR-04.1",),
        says=Text(
            "the {count} routers of this estate share one area, over {most}",
            "de {count} routers van dit estate delen één gebied, meer dan {most}",
        ),
        hint=Text(
            "make estates of fewer municipalities (`virgem init DIR --nis CODE ...`), or test it and accept it in"
            " `waivers`",
            "maak estates met minder gemeenten (`virgem init DIR --nis CODE ...`), of test het en aanvaard het in"
            " `waivers`",
        ),
    ),
    Rule(
        "E595",
        "A port that a router needs and its profile lacks",
        "Poort die een router nodig heeft en die zijn profiel niet heeft",
        "The links, tunnels and networks of a site lead to ports of its router. A profile that declares ports declares"
        " all that its sites use.",
        "Add the port to the profile, or give the site a router of another profile.",
    ),
)
