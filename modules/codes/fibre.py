"""57x and 58x: ducts, cables, spans and points of presence."""

from virgem.modules.problem import Rule, Text

NOT_REACHED = Text(
    "{site} reaches no datacentre over the spans of the fibre plan, and no other link",
    "{site} bereikt geen datacentrum over de tracés van het glasvezelplan, en over geen andere verbinding",
)
ANOTHER_BUT_SHARED = Text(
    "{site} survives the cut of any one duct, but no two of its ways to the datacentres were found that share none",
    "{site} overleeft de breuk van elke wachtbuis, maar er zijn geen twee wegen naar de datacentra gevonden die er geen"
    " delen",
)
LEAVING_BY_ONE_DUCT = Text(
    "{links} both leave {site} through duct {duct}",
    "{links} verlaten {site} allebei door wachtbuis {duct}",
)

RULES = (
    Rule(
        "E570",
        "A duct without two ends",
        "Wachtbuis zonder twee einden",
        "A duct runs from one point of presence to another.",
        "Write both ends.",
    ),
    Rule(
        "E571",
        "Ducts that do not join",
        "Wachtbuizen die niet aansluiten",
        "A cable runs through its ducts in order; each starts where the one before ends.",
        "Name them in order.",
    ),
    Rule(
        "E572",
        "A span off its cable",
        "Vezeltracé buiten zijn kabel",
        "Both ends of a span lie on the way of its cable.",
        "Correct an end or the cable.",
    ),
    Rule(
        "E573",
        "A span shorter than its ducts",
        "Vezeltracé korter dan zijn wachtbuizen",
        "Fibre is at least as long as the ducts it lies in (2 % is allowed for rounding).",
        "Correct a length.",
    ),
    Rule(
        "E574",
        "A duct shorter than the straight line",
        "Wachtbuis korter dan de rechte lijn",
        "A duct is at least as long as the distance between its ends (2 % is allowed for rounding).",
        "Correct the length or a place.",
    ),
    Rule(
        "W575",
        "A duct with a great detour",
        "Wachtbuis met een grote omweg",
        "The duct is over three times as long as the straight line, and no route is written.",
        "Correct the length, or write the route under `via`.",
        says=Text(
            "duct {duct} is {length:g} km long, its ends are only {apart:.2f} km apart",
            "wachtbuis {duct} is {length:g} km lang, haar einden liggen maar {apart:.2f} km uit elkaar",
        ),
        hint=Text("correct it, or write the route under `via`", "verbeter de lengte, of beschrijf de weg onder `via`"),
    ),
    Rule(
        "E576",
        "A point of presence without place",
        "Aansluitpunt zonder plaats",
        "Without a place no length can be checked and no map drawn.",
        "Add `at` or `place`.",
    ),
    Rule(
        "W577",
        "A point of presence outside its site",
        "Aansluitpunt buiten zijn locatie",
        "Its place is over 100 m from the site it stands in.",
        "Leave `place` out.",
        says=Text(
            "point of presence {pop} is {away:.2f} km from {site}, the site it stands in",
            "aansluitpunt {pop} ligt {away:.2f} km van {site}, de locatie waar het in staat",
        ),
        hint=Text("leave `place` out", "laat `place` weg"),
    ),
    Rule(
        "E578",
        "Too much loss for the optics",
        "Te veel verlies voor de optiek",
        "Length, splices and connectors (and what a measurement found above them) lose more than the best transceiver"
        " of the link's rate bridges, or the fibre spreads light more than it bears. Planned with: 0.22 dB/km at 1550"
        " nm, 0.35 dB/km at 1310 nm, 0.1 dB a splice, 0.5 dB a connector; dispersion as ITU-T G.652 limits it.",
        "Put a router half-way, or describe a shorter way.",
    ),
    Rule(
        "W579",
        "A measured loss that is too high",
        "Te hoog gemeten verlies",
        "The measurement is over 1 dB above what length, splices and connectors give.",
        "Look for a bad splice, a sharp bend or a dirty connector.",
        says=Text(
            "span {span} measures {measured:g} dB, worked out are {expected:.1f} dB",
            "op tracé {span} is {measured:g} dB gemeten, berekend is {expected:.1f} dB",
        ),
        hint=Text("look for a bad splice or a sharp bend", "zoek een slechte las of een scherpe bocht"),
    ),
    Rule(
        "E580",
        "More spans than fibres",
        "Meer vezeltracés dan vezels",
        "A span takes two fibres of its cable in every duct it runs through.",
        "Use another cable.",
    ),
    Rule(
        "W583",
        "Two links for one another in one duct",
        "Twee verbindingen voor elkaar in één wachtbuis",
        "Two links that join the same two sites, or a site's own link and one of the backbone there, look like two"
        " ways, but who digs up this duct cuts both.",
        "Run one of them through other ducts, or accept in `waivers` that they only add capacity.",
        ("PR.IR-04.1",),
        says=Text(
            "{links} join the same sites and both run through duct {duct}",
            "{links} verbinden dezelfde locaties en lopen allebei door wachtbuis {duct}",
        ),
        hint=Text("run one of them through other ducts", "leid een ervan door andere wachtbuizen"),
    ),
    Rule(
        "W584",
        "A site without two ways over fibre",
        "Locatie zonder twee wegen over glasvezel",
        "Each of these ducts alone takes every way over spans from this site to the datacentres. Told where nothing"
        " else joins the site: to a hub or a datacentre no backbone link outside the fibre plan, to others no link.",
        "Add a duct, cable and span along another way, or give the site a link of another kind.",
        ("PR.IR-04.1",),
        says=Text(
            "{site} has no two ways to the datacentres that share no duct: all run through {ducts}",
            "{site} heeft geen twee wegen naar de datacentra die geen wachtbuis delen: alle lopen door {ducts}",
        ),
        hint=Text(
            "add a span through other ducts, or a link of another kind",
            "voeg een tracé door andere wachtbuizen toe, of een verbinding van een andere soort",
        ),
    ),
)
