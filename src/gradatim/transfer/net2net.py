"""Net2Net."""


def grow():
    """x"""
