"""Columns of another table by the names that were learned: whatever the case, and the spaces around them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.tables.table import Table


def plain(name: str) -> str:
    """A name without case and outer spaces.

    >>> plain(" Size")
    'size'
    """
    return name.strip().casefold()


class AnyCase(set[str]):
    """Names, whatever the case and the spaces around them.

    >>> "CODE " in AnyCase(["code"]), "codes" in AnyCase(["code"])
    (True, False)
    """

    def __init__(self, names: Iterable[str]):
        super().__init__(map(plain, names))

    def __contains__(self, name: object) -> bool:
        return super().__contains__(plain(str(name)))


class ByAnyCase(dict[str, Any]):
    """What belongs to names, whatever their case and the spaces around them.

    >>> ByAnyCase({"code": 1}).get("CODE ")
    1
    """

    def __init__(self, of: Mapping[str, Any]):
        super().__init__({plain(name): value for name, value in of.items()})

    def __contains__(self, name: object) -> bool:
        return super().__contains__(plain(str(name)))

    def get(self, name: str, otherwise: Any = None) -> Any:
        """What belongs to a name."""
        return super().get(plain(name), otherwise)


def similar_names(wanted: Iterable[str], there: Sequence[str]) -> dict[str, str]:
    """The names that are there and stand for a wanted one, each with it, where only one can be meant.

    >>> similar_names(["size", "town"], ["Size ", "town", "Town"])
    {'Size ': 'size'}
    """
    by_plain: dict[str, list[str]] = {}
    wishes: dict[str, list[str]] = {}
    for names, place in ((there, by_plain), (dict.fromkeys(wanted), wishes)):
        for name in names:
            place.setdefault(plain(name), []).append(name)
    found = {}
    for key, names in wishes.items():
        free = by_plain.get(key, [])
        if len(names) == len(free) == 1 and free != names:
            found[free[0]] = names[0]
    return found


def sentences(found: dict[str, str]) -> list[str]:
    """What a person should know of names that were matched so."""
    if not found:
        return []
    pairs = [f"{there!r} as {wanted!r}" for there, wanted in list(found.items())[:8]]
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return [f"columns matched regardless of case and outer spaces: {', '.join(pairs)}{more}"]


def match_columns(table: Table, wanted: Sequence[str]) -> Table:
    """A table whose columns have the wanted names, where only one can be meant; its notices say which."""
    found = similar_names(wanted, list(table.columns))
    if not found:
        return table
    columns = {found.get(name, name): column for name, column in table.columns.items()}
    return replace(table, columns=columns, notices=[*table.notices, *sentences(found)])


def check_any(wanted: Sequence[str], there: Iterable[str], where: str) -> None:
    """Raise UsageError where a table has none of the columns that a network learned from."""
    there = list(there)
    if not set(wanted) & set(there):
        raise UsageError(
            f"{where} has none of the columns that the network learned from ({_some(wanted)}); "
            f"it has {_some(there) or 'none'}"
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
