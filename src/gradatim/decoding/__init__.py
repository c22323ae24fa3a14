"""Choosing what comes next: from a network's scores to a sequence."""
