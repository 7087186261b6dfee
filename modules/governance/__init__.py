"""Rules over plans, principles, risks and evidence of control."""
