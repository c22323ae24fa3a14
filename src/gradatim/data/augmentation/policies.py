"""Augmentation by name: none, flip, standard, strong, or operations joined by +."""

from dataclasses import fields
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, known, named_settings
from gradatim.data.augmentation.operation import Operation

POLICIES = {  # what stands for several
    "none": "",
    "standard": "flip+crop",  # He et al. 2016, section 4.2
    "strong": "flip+crop+trivial_augment+cutout",  # Müller & Hutter 2021, for CIFAR
}
MOST = 16  # operations


def operations_of(text: Any) -> tuple[Operation, ...]:
    """The operations of `NAME:key=value,key=value+NAME…`, in their order; a policy stands for its own.

    >>> [one.name for one in operations_of("standard+cutout:size=8")]
    ['flip', 'crop', 'cutout']

    Raises UsageError for a name, a setting or a value that cannot be.
    """
    if not isinstance(text, str) or not text:
        raise UsageError(f"augment must be a policy, such as standard or flip+cutout:size=8; it is {text!r}")
    parts = [
        own for part in text.split("+") for own in POLICIES.get(part, part).split("+") if own or not part
    ]
    if len(parts) > MOST:
        raise UsageError(f"augment has {MOST} operations at most; here are {len(parts)}")
    return tuple(_operation(part) for part in parts)


def in_full(text: str) -> str:
    """A policy as the operations that it stands for.

    >>> in_full("standard"), in_full("none")
    ('flip+crop', 'none')
    """
    return "+".join(POLICIES.get(part, part) for part in text.split("+") if part != "none") or "none"


def _operation(text: str) -> Operation:
    """One operation of `NAME:key=value,key=value`."""
    name, _, given = text.partition(":")
    known("augmentation", name, [*POLICIES, *catalog.names("augmentation")])
    if name in POLICIES:
        raise UsageError(f"{name} stands for several operations and takes no settings; it is {text!r}")
    made_by = catalog.find(name, "augmentation").load()
    usual = {one.name: one.default for one in fields(made_by)}

    def value_of(key: str, value: str) -> Any:
        return value if isinstance(usual[key], str) else _number(key, name, value)

    return made_by(**named_settings(name, given, usual, value_of))


def _number(key: str, name: str, text: str) -> float | int:
    """A setting that is a number; UsageError for what is none."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise UsageError(f"{key} of {name} must be a number; it is {text!r}")
