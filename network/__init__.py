"""Plans LAN, WAN and fibre of a region and renders configuration text: values in, values out."""
