"""What runs the programs: the embedded engine previews them in this process, without a cloud and without a binary."""
