"""1xx: the files of an estate and the text in them, before anything is understood."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E101",
        "A link leads out of the estate",
        "A file of the estate is a symbolic link to a place outside the estate's folder, so what is read would depend "
        "on the machine it is read on.",
        "Copy the file into the estate.",
    ),
    Rule(
        "E102",
        "A file cannot be read",
        "The operating system refuses to hand over a file of the estate.",
        "Check the rights on the file and on the folders above it.",
    ),
    Rule(
        "E103",
        "Not an ordinary file",
        "A name that belongs to a file of the estate is a folder, a pipe, a socket or a device.",
        "Remove it or give it another name.",
    ),
    Rule(
        "E104",
        "A file is too large",
        "A YAML file may hold 8 MiB, a CSV file 64 MiB and a whole estate 512 MiB; a town of any size fits many times.",
        "Split the file; devices in bulk belong in devices/*.csv.",
    ),
    Rule(
        "E105",
        "Not UTF-8",
        "The bytes of the file are no UTF-8 text; often the file was saved as Windows-1252 or Latin-1.",
        "Save the file as UTF-8.",
    ),
    Rule(
        "E106",
        "UTF-16 or UTF-32",
        "The file begins with the byte order mark of an encoding that estates are not written in.",
        "Save the file as UTF-8.",
    ),
    Rule(
        "E107",
        "A character that may not be in an estate",
        "Control characters, line separators other than the line feed, and characters that turn the direction of "
        "writing can make a text read differently from what it says, in a review as in a rendered configuration.",
        "Delete the character; retype the line when it cannot be seen.",
    ),
    Rule(
        "E108",
        "Two names that differ in case only",
        "Windows and macOS would keep one of the two files, so the estate would not be the same everywhere.",
        "Rename one of them.",
    ),
    Rule(
        "E109",
        "Too many files",
        "An estate has at most 5,000 files; the whole of Flanders needs fewer than 1,000.",
        "Look for a folder that does not belong in the estate.",
    ),
    Rule(
        "E110",
        "A file name that would not be read",
        "Estates are read from *.yaml and *.csv. A file that looks meant to be read, such as *.yml, would be left out "
        "in silence, and a town with it.",
        "Rename the file.",
    ),
    Rule(
        "E111",
        "A file name with odd characters",
        "Names of files hold letters, digits, dots, hyphens and underscores, so that messages and other systems can "
        "repeat them.",
        "Rename the file.",
    ),
    Rule(
        "E120",
        "Not YAML",
        "The text breaks the grammar of YAML at this place.",
        "Mend the line; an editor with YAML support shows it while typing.",
    ),
    Rule(
        "E121",
        "An anchor or an alias",
        "YAML's & and * copy parts of a text. A few of them can unfold into more than a machine can hold, and a reader "
        "has to look elsewhere to know what a line says.",
        "Write the value where it is used; kinds already bring the usual parts.",
    ),
    Rule(
        "E122",
        "A merge key",
        "YAML's << pulls one mapping into another; estates leave it out for the reasons of E121.",
        "Write the keys where they belong.",
    ),
    Rule(
        "E123",
        "A tag",
        "A YAML tag (!something) asks the reader to build a type or to run code. An estate is text only.",
        "Delete the tag; the field itself decides the type.",
    ),
    Rule(
        "E124",
        "Nested too deep",
        "An estate nests a handful of levels; beyond 64 it is a mistake or an attack.",
        "Look for brackets that are not closed.",
    ),
    Rule(
        "E125",
        "A key stands twice",
        "The same key stands twice in one mapping. Most readers of YAML drop one of the two in silence.",
        "Keep one of them.",
    ),
    Rule(
        "E126",
        "More than one document",
        "A line --- starts a second YAML document in the file; a file of an estate holds one.",
        "Make it a file of its own.",
    ),
    Rule(
        "E127",
        "A key that is no text",
        "A list or a mapping stands where a key belongs.",
        "Keys are plain names.",
    ),
    Rule(
        "E128",
        "Too many values",
        "A file holds at most 500,000 values.",
        "Split the file; devices in bulk belong in devices/*.csv.",
    ),
    Rule(
        "E129",
        "An empty file",
        "There is nothing in the file but blanks and comments.",
        "Write its content, or delete the file.",
    ),
    Rule(
        "E130",
        "More mistakes than are shown",
        "A file has more than 1,000 mistakes; the rest is left out. Usually one cause stands behind most of them.",
        "Mend the first ones and look again.",
    ),
    Rule(
        "E140",
        "A CSV file without its heading",
        "The first row of a CSV file names the columns; serial, profile and site are needed.",
        "Add the heading or the missing columns.",
    ),
    Rule(
        "E141",
        "A column stands twice",
        "Two columns of a CSV file have the same name.",
        "Rename or remove one of them.",
    ),
    Rule(
        "E142",
        "An unknown column",
        "The heading names a column that devices do not have.",
        "Use one of the known names; a column for own use does not belong in the estate.",
    ),
    Rule(
        "E143",
        "A row of another length",
        "The row has more or fewer cells than the heading has columns, so cells would land in the wrong column.",
        "Add the missing commas, or quote the cell that holds one.",
    ),
    Rule(
        "E144",
        "Not CSV",
        "The quotes of the row do not match (RFC 4180).",
        "Close the quote; a quote inside a quoted cell is doubled.",
    ),
)
