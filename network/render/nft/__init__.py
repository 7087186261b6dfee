"""The parts of a site's nftables configuration: one table `inet virgem`, default drop, both families alike."""
