"""What auditors, boards and crews read: tables, pages and pictures made from values."""
