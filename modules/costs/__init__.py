"""What the shared cloud costs each municipality in a month, line by line, and what a change of the estate does to it.

All amounts are euro without VAT, exact (`Decimal`) and whole cents; the parts of what is shared add up to the whole.
"""
