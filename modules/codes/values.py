"""2xx: structure and values: which keys stand where, and what may stand behind them."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E201",
        "An unknown key",
        "Onbekende sleutel",
        "No such key exists at this place. A key that is not understood is never skipped: it would be a wish that "
        "nobody carries out.",
        "Take the suggested key, or look it up in the estate reference.",
    ),
    Rule(
        "E202",
        "A key is missing",
        "Sleutel ontbreekt",
        "The object cannot be understood without this key, and no default a person would choose exists.",
        "Add the key.",
    ),
    Rule(
        "E203",
        "Another shape is needed here",
        "Hier hoort een andere vorm",
        "A list stands where one value belongs, a mapping where a text belongs, and so on.",
        "Write the value in the shape that the message names.",
    ),
    Rule(
        "E204",
        "Nothing behind a key",
        "Sleutel zonder waarde",
        "The key has no value. Left out and left empty are not the same, so empty is refused.",
        "Write the value, or delete the key to get its default.",
    ),
    Rule(
        "E205",
        "A text that is not allowed here",
        "Tekst die hier niet mag",
        "Texts of an estate end up in router configuration, host names and reports. Each field has its own list of "
        "allowed characters and its own length, so that no value can break out of the place it is written to.",
        "Use the allowed characters only.",
    ),
    Rule(
        "E206",
        "Not a number of this kind",
        "Geen geldig getal",
        "The value is no number, or lies outside the bounds of the field.",
        "Write a number within the bounds.",
    ),
    Rule(
        "E207",
        "Not one of the choices",
        "Geen van de keuzes",
        "The field takes one of a few words, and this is none of them.",
        "Take one of the words listed.",
    ),
    Rule(
        "E208",
        "An unknown kind",
        "Onbekende soort",
        "No kind of this name is registered. Kinds bring the usual parts of zones, links, sites, devices, services, "
        "entities and upstream networks.",
        "Take a registered kind, or add one: a file of its own under modules/estate/kinds/.",
    ),
    Rule(
        "E209",
        "Neither true nor false",
        "Geen true of false",
        "The field takes true or false. The other words YAML knows for them (yes, on, no, off) are refused because "
        "readers disagree about them.",
        "Write true or false.",
    ),
    Rule(
        "E210",
        "Another version of the text",
        "Andere versie van de tekst",
        "The apiVersion names the form of the text. This version of virgem reads virgem/v1.",
        "Write apiVersion: virgem/v1, or use the version of virgem that fits.",
    ),
    Rule(
        "E211",
        "Not an IP prefix",
        "Geen IP-prefix",
        "The value is no prefix of the right family, or it has bits set beyond its length.",
        "Write the network address and its length.",
    ),
    Rule(
        "E212",
        "Not a KBO number",
        "Geen KBO-nummer",
        "A Belgian enterprise number has ten digits; the last two are 97 minus the remainder of the first eight "
        "divided by 97.",
        "Look the number up in the public search of the Crossroads Bank for Enterprises.",
    ),
    Rule(
        "E213",
        "Not a date",
        "Geen datum",
        "Dates are written year-month-day (ISO 8601), and the day must exist.",
        "Write it as 2027-06-30.",
    ),
    Rule(
        "E214",
        "Not a place",
        "Geen geldige plaats",
        "A place is a list of two numbers, latitude and then longitude, within Flanders and its surroundings.",
        "Write it as [50.8279, 3.2645].",
    ),
    Rule(
        "E215",
        "Not a NIS code",
        "Geen NIS-code",
        "A municipality is named by the five digits of its NIS code (Statbel).",
        "Look the code up in the list of municipalities.",
    ),
    Rule(
        "E216",
        "Not a name for an object",
        "Geen geldige naam voor een object",
        "The keys of this mapping are the names by which the rest of the text refers to the objects.",
        "Use lower-case letters, digits and single hyphens.",
    ),
    Rule(
        "E217",
        "The key belongs in another file",
        "Sleutel hoort in een ander bestand",
        "estate.yaml and the files beside it are the operator's; what a town owns stands in municipalities/*.yaml.",
        "Move the lines to the file that the message names.",
    ),
    Rule(
        "E218",
        "Two kinds for one thing",
        "Twee soorten voor één ding",
        "The short form names a kind and its value in one key; here a second kind stands beside it.",
        "Keep one kind.",
    ),
    Rule(
        "E219",
        "No kind is given, and the name is none",
        "Geen soort opgegeven, en de naam is er geen",
        "A thing without a kind takes its own name as its kind; this name is no registered kind.",
        "Add a kind.",
    ),
    Rule(
        "E220",
        "Not a capacity",
        "Geen capaciteit",
        "A data rate is a number with its unit: k, M, G or T bit/s.",
        "Write it as 200M or 10G.",
    ),
    Rule(
        "E221",
        "Not an amount",
        "Geen bedrag",
        "Amounts are in euro without VAT: digits, a dot and at most two decimals, no sign and no spaces.",
        "Write it as 1249.50.",
    ),
    Rule(
        "E222",
        "Not a reference to a secret",
        "Geen verwijzing naar een geheim",
        "Secrets never stand in an estate; a field for a secret names the place it is kept in.",
        "Write sops:file#key, vault:path#key or env:NAME, and revoke a secret that was written here.",
    ),
    Rule(
        "E223",
        "Not a public ssh key that may be used",
        "Geen bruikbare publieke ssh-sleutel",
        "The key is read as servers read it: its type and what stands behind it must fit. DSA and short RSA keys are "
        "refused, and so is a comment behind the key, which mostly names a person. A private key never stands in an "
        "estate.",
        "Write type and key as `ssh-keygen` made them: cut -d' ' -f1,2 FILE.pub.",
    ),
)
