"""Whether what is enforced is exactly the matrix of flows: sets of packets, the text read back, the comparison.

It reads what is rendered, never how, so that a wrong renderer is told as well as a wrong list of rules.
"""
