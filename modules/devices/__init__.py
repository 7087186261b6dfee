"""Devices: their names and rings, and the hosts that playbooks run on."""
