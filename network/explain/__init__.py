"""Explains one flow through the planned network: hop by hop, in both families, with the estate's lines that decide.

Nothing is modelled a second time: routes, chains, translation and links are those that the renderers write. Pure.
"""
