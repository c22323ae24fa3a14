"""Augmentation: pictures changed as their answers allow, a function of seed, epoch and example."""
