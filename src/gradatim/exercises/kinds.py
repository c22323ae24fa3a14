"""Every kind of exercise by its trace's name: a trace of the catalogue without a row here fails a test."""

from gradatim import catalog
from gradatim.catalog.entry import nearest_of
from gradatim.checks import UsageError, shown
from gradatim.exercises import (
    attention,
    autoencoders,
    boltzmann_machines,
    convolutions,
    maps,
    processes,
    several_tasks,
    single_units,
    through_time,
    transformers,
    units,
    update_steps,
)
from gradatim.exercises.kind import Kind

FAMILIES = (
    single_units,
    units,
    update_steps,
    convolutions,
    through_time,
    attention,
    transformers,
    maps,
    boltzmann_machines,
    autoencoders,
    processes,
    several_tasks,
)  # each with its KINDS


def all_kinds() -> dict[str, Kind]:
    """The kinds in the order of the catalogue's traces.

    >>> list(all_kinds())[:2]
    ['threshold', 'xor-threshold']
    """
    found = {kind.trace: kind for family in FAMILIES for kind in family.KINDS}
    return {name: found[name] for name in catalog.names("trace") if name in found}


def kind_of(name: str) -> Kind:
    """The kind of this name, or of this short name.

    >>> kind_of("backprop").trace
    'backprop-or'

    Raises UsageError for an unknown one.
    """
    kinds = all_kinds()
    names = {kind.short: kind for kind in kinds.values() if kind.short} | kinds
    if name not in names:
        raise UsageError(f"unknown exercise {shown(name)}: {nearest_of(str(name), 'exercise', names)}")
    return names[name]
