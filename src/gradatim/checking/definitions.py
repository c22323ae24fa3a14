"""A definition by its name in the catalogue, with the cases that a student's code is run on."""

from gradatim import catalog
from gradatim.catalog.entry import nearest_of
from gradatim.checking.activations import OTHER, activation
from gradatim.checking.case import Definition
from gradatim.checking.cells import GATES, RESETS, cell
from gradatim.checking.dropout import dropout
from gradatim.checking.embedding import embedding
from gradatim.checking.layers import CASES, layer
from gradatim.checking.losses import loss
from gradatim.checking.optimizers import NOT_BY_NUMBER, optimizer
from gradatim.checks import UsageError, one_of, shown

OWN = {"embedding": embedding, "dropout": dropout}  # layers whose cases are of their own kind


def checkable() -> dict[str, list[str]]:
    """What code can be held against, by kind.

    >>> checkable()["cell"]
    ['lstm', 'peephole_lstm', 'gru', 'rnn']
    """
    return {
        "cell": list(GATES), "layer": [*CASES, *OWN],
        "activation": [one for one in catalog.names("activation") if one not in OTHER],
        "loss": catalog.names("loss"),
        "optimizer": [one for one in catalog.names("optimizer") if one not in NOT_BY_NUMBER],
    }  # fmt: skip


def definition_of(against: str) -> Definition:
    """The definition of this name; `gru:reset=before` is the course's GRU.

    Raises UsageError for a name that nothing can be held against.
    """
    name, _, setting = against.partition(":")
    kinds = {one: kind for kind, names in checkable().items() for one in names}
    if name not in kinds:
        raise UsageError(
            f"nothing to check against is called {shown(name)}: {nearest_of(name, 'check', kinds)}"
        )
    if setting and name != "gru":
        raise UsageError(f"{name} has no settings here; it is {shown(against)}")
    if name == "gru":
        key, _, value = (setting or "reset=after").partition("=")
        if key != "reset":
            raise UsageError(f"gru takes reset=after or reset=before; it is {shown(setting)}")
        return cell(name, one_of("reset", value, RESETS))
    if name in OWN:
        return OWN[name](name)
    makers = {"activation": activation, "loss": loss, "optimizer": optimizer, "layer": layer, "cell": cell}
    return makers[kinds[name]](name)
