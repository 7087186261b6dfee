"""The fibre plan of a region, judged: disjoint paths, what a cut of a duct takes, optics that fit. Pure."""
