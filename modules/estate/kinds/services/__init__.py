"""Kinds of shared service, one file each."""
