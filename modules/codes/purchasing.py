"""8xx: central purchasing and devices."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E801",
        "A contract that ends before it starts",
        "Nothing could ever be ordered under it.",
        "Swap the two days.",
    ),
    Rule(
        "E802",
        "A lot above its contract",
        "The ceiling of a lot is part of the contract's and cannot exceed it.",
        "Correct one of the ceilings.",
    ),
    Rule(
        "E803",
        "Orders over the contract's ceiling",
        "All orders under a frame contract together stay under its maximum value; the order that crosses it is "
        "named. Refused and withdrawn orders do not count.",
        "Order less, or under another contract.",
    ),
    Rule(
        "E804",
        "Orders over the lot's ceiling",
        "All orders in a lot together stay under its maximum value; the order that crosses it is named.",
        "Order less, or under another contract.",
    ),
    Rule(
        "E805",
        "An order outside the contract's time",
        "Orders are placed while the contract runs.",
        "Order under a contract that runs.",
    ),
    Rule(
        "E806",
        "A municipality that may not order",
        "The contract names who may use it.",
        "Order under another contract.",
    ),
    Rule(
        "E807",
        "The one who asks approves",
        "In the generic process who asks is not who approves.",
        "Let another role approve.",
        ("PR.AA-05.4",),
    ),
    Rule(
        "E808",
        "A decision by nobody",
        "A decided order names the role that approved it.",
        "Add `approved-by`.",
    ),
    Rule(
        "E809",
        "An order for nothing",
        "The quantity is 0.",
        "Name a number, or delete the line.",
    ),
    Rule(
        "E810",
        "An item of another contract",
        "All lines of an order belong to its contract: prices, ceiling and dates are the contract's.",
        "Make it an order of its own.",
    ),
    Rule(
        "E811",
        "A delivery without a decision",
        "Delivering is the fourth step of the process; deciding comes before it.",
        "Decide the order first.",
    ),
    Rule(
        "E812",
        "A delivery before its order",
        "Nothing arrives before it is asked for.",
        "Correct one of the days.",
    ),
    Rule(
        "E813",
        "More delivered than ordered",
        "All deliveries of an order together bring no more than it asks.",
        "Send the rest back, or order it.",
    ),
    Rule(
        "E814",
        "Delivered, but not ordered",
        "The delivery brings an item that the order does not ask for.",
        "Correct the item, or send it back.",
    ),
    Rule(
        "E815",
        "Serial numbers that do not add up",
        "Where serial numbers are given there is one for every piece.",
        "Count what arrived.",
    ),
    Rule(
        "E816",
        "A serial number that arrives twice",
        "A serial number is of one device.",
        "Read the number again from the device.",
    ),
    Rule(
        "W817",
        "Delivered, but not complete",
        "The order says it is delivered, but not all of it has arrived.",
        "Leave it at decided until all is there.",
    ),
    Rule(
        "E818",
        "An item below its profile",
        "What the catalogue offers under a profile meets its specification: at least the cores, memory, storage and "
        "warranty, at most the power.",
        "Offer another model.",
    ),
    Rule(
        "W819",
        "An item that does not tell",
        "The profile asks for a figure that the item does not give, so it cannot be checked.",
        "Copy it from the data sheet.",
    ),
    Rule(
        "W820",
        "A price above the list price",
        "A frame contract is there to pay less.",
        "Swap the two, or ask the supplier.",
    ),
    Rule(
        "W821",
        "An open order under an ended contract",
        "The contract ended before the day of the check (--as-of), and the order is not decided.",
        "Withdraw it.",
    ),
    Rule(
        "E830",
        "A profile in no catalogue",
        "Devices of this profile are in use, but no contract offers one: a broken one could not be replaced.",
        "Add an item to a contract.",
    ),
    Rule(
        "E831",
        "A device whose zone is not in its site",
        "The zone of the device's profile does not exist in the site it is used in.",
        "Add the zone to the site, or name another zone for the device.",
    ),
    Rule(
        "E832",
        "A device among others than its like",
        "The zone it is put in has other ICR rules than the zone its profile belongs in.",
        "Leave `zone` out.",
        ("ICR network zones",),
    ),
    Rule(
        "E833",
        "A warranty that ends before the purchase",
        "One of the days is wrong.",
        "Swap the two days.",
    ),
    Rule(
        "E834",
        "Support that ends before the purchase",
        "One of the days is wrong, or the device was out of support when it was bought.",
        "Correct the day.",
    ),
    Rule(
        "E835",
        "Bought before its order",
        "The device names the order it came with.",
        "Correct the day or the order.",
    ),
    Rule(
        "E836",
        "A device with another town's order",
        "The device stands in one municipality, its order is another's.",
        "Name an order of the town it stands in.",
    ),
    Rule(
        "W837",
        "A device that did not arrive",
        "Serial numbers were delivered for its order, but not this one.",
        "Read the number again from the device.",
    ),
    Rule(
        "E838",
        "A device of another profile than its item",
        "The catalogue item the device is said to be meets another profile.",
        "Correct one of the two.",
    ),
    Rule(
        "E839",
        "A device used by another town's entity",
        "Device and entity belong to different municipalities.",
        "Name an entity of the same municipality.",
    ),
    Rule(
        "W840",
        "A device that is gone, in a ring",
        "Retired, wiped and lost devices get no changes; in a ring they count as failures.",
        "Leave the ring empty.",
    ),
    Rule(
        "E841",
        "A group address as MAC address",
        "The lowest bit of the first byte is set: no single device has such an address (IEEE 802).",
        "Read it again from the device.",
    ),
    Rule(
        "W842",
        "A device in use without support",
        "The maker's support ended before the day of the check (--as-of).",
        "Replace it.",
        ("ID.AM-08.2",),
    ),
    Rule(
        "E845",
        "Rings that do not hold all devices",
        "The shares of the rings add up to 100 %.",
        "Correct a share.",
    ),
    Rule(
        "W846",
        "A first ring that is large",
        "The first ring is there to fail with few: over 10 % of the devices is no canary. The share is a choice of "
        "this project.",
        "Let a small ring go first.",
    ),
)
