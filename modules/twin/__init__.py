"""The twin: what runs on one machine in place of the region's own equipment and cloud."""
