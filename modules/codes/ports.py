"""58x: the physical ports of routers."""

from virgem.modules.problem import Rule

RULES = (
    Rule(
        "E581",
        "Ports on a profile that is no router",
        "Poorten op een profiel dat geen router is",
        "The plan names the ports of the routers of sites; nothing is made from those of other devices.",
        "Delete `ports`, or correct the kind.",
    ),
    Rule(
        "E582",
        "Two ports in one place",
        "Twee poorten op één plaats",
        "A router finds each of its ports by the path that the kernel reaches it by; one path leads to one port.",
        "Look the paths up on a router of that model, with `udevadm info /sys/class/net/NAME`.",
    ),
)
