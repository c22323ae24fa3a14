"""Losses: each a value per example, and its derivative by the network's outputs."""
