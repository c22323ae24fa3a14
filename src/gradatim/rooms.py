"""Rooms hand on their public names: `from gradatim.nn import LSTM`; nothing is imported before it is used.

The names are those of the catalogue's rows whose home is in the room, so that a new row is a new name. What
editors and type checkers read stands in each room's `__init__.pyi`; a test keeps it complete.
"""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any


class Room(ModuleType):
    """A package whose public names are imported when they are first asked for."""

    def __getattr__(self, name: str) -> Any:
        """The thing of a public name; AttributeError saying which name may be meant."""
        if name == "__all__":
            return sorted(public_names(self))
        if name.startswith("__") or _is_file(self, name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        homes = public_names(self)
        if name not in homes:
            from gradatim.checks import nearest_names

            near = nearest_names(name, homes)
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r}{near and f': {near}'}",
                name=name,
                obj=None,
            )
        value = _load(*homes[name])
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Python binds a file's name in its package when it is imported; that of `over` stays the thing."""
        if not (isinstance(value, ModuleType) and name in self.__dict__["_over"]):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """The public names beside the files that were imported already."""
        there = {name for name in super().__dir__() if not name.startswith("_") or name.startswith("__")}
        return sorted(there - {"open_room"} | public_names(self).keys())


def open_room(
    name: str, more: Mapping[str, str] | None = None, over: str = "", made_by: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    """Let a package hand on its public names.

    Parameters
    ----------
    more : names beside the catalogue's, with the files in the room that they are from; several apart by
        spaces.
    over : the names that files of the room have too, and that stand for the thing all the same.
    made_by : for a kind of the catalogue, the function ("module:attribute") that makes what a row's name
        stands for, of that name.
    """
    room = sys.modules[name]
    room.__dict__.update(_more=more or {}, _over=over.split(), _made_by=made_by or {})
    room.__class__ = Room


def public_names(room: ModuleType) -> dict[str, tuple[str, str]]:
    """Every public name of a room: where it is, "module:attribute", and the row's name where that is made."""
    from gradatim import catalog

    inside, given = f"{room.__name__}.", room.__dict__
    rows = [row for row in catalog.entries() if row.home.startswith(inside)]
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.kind in given["_made_by"]:
            found[row.name] = (given["_made_by"][row.kind], row.name)
    for row in rows:
        found.setdefault(row.home.partition(":")[2], (row.home, ""))
    for module, names in given["_more"].items():
        found |= {one: (f"{inside}{module}:{one}", "") for one in names.split()}
    return found


def _load(home: str, row: str) -> Any:
    from importlib import import_module

    module, _, attribute = home.partition(":")
    value = getattr(import_module(module), attribute)
    return value(row) if row else value


def _is_file(room: ModuleType, name: str) -> bool:
    """Whether a name is a file or a folder of the room, and nothing else."""
    from importlib.util import find_spec

    return name not in room.__dict__["_over"] and find_spec(f"{room.__name__}.{name}") is not None
