"""Kinds of upstream network, one file each."""
