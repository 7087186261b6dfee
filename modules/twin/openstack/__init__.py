"""A local OpenStack: the real control plane, without hypervisors, wires or disks behind it."""
