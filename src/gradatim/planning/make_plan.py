"""The plan of a run, made stage by stage."""

from collections.abc import Callable, Mapping
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder
from gradatim.planning.aid import Aid
from gradatim.planning.aids import AIDS
from gradatim.planning.draft import Draft
from gradatim.planning.plan import Plan
from gradatim.planning.run_data import Data
from gradatim.planning.stages.build_network import build_network
from gradatim.planning.stages.choose_engine import choose_engine_of
from gradatim.planning.stages.choose_place import choose_place
from gradatim.planning.stages.complete_settings import complete_settings
from gradatim.planning.stages.describe_network import describe_network
from gradatim.planning.stages.encode_inputs import encode_inputs
from gradatim.planning.stages.keep_trained import keep_trained
from gradatim.planning.stages.name_network import name_network
from gradatim.planning.stages.pose_question import pose_question
from gradatim.planning.training_options import Settings

BEST = "auto"  # as a network's name
STAGES: tuple[Callable[[Draft], None], ...] = (
    pose_question,  # the problem and its loss
    name_network,  # one or several, and whether the aids suit it
    complete_settings,
    encode_inputs,
    describe_network,  # its entry
    choose_engine_of,
    build_network,  # with the weights that it begins with
    keep_trained,  # all that is kept of it in a file
    choose_place,  # threads and device
)


def make_plan(
    data: Data, settings: Settings, model: Any = None, network: Mapping[str, Any] | None = None,
    loss: Any = None, command: str = "", begin: Aid | None = None, encoder: Encoder | None = None,
    optimizer: Any = None,
) -> Plan:  # fmt: skip
    """Choose what was left open and build the network.

    `model` is a network's name, the usual one when None, the best at hand when "auto", to which `network`
    and the settings add arguments; or a description or a torch module, to which nothing is added. `begin` is
    what the network begins with: weights of a file, or a run whose network `model` describes. `encoder` is
    that of a run that goes on; it is fitted to the training examples when None.
    """
    _check_model(model)
    aids = (*(aid() for aid in AIDS), *(() if begin is None else (begin,)))
    for aid in aids:
        encoder = encoder or aid.encoder_for(data.train)
    best = isinstance(model, str) and model == BEST
    draft = Draft(data, settings, None if best else model, dict(network or {}), loss, encoder, aids, best)
    for stage in STAGES:
        stage(draft)
    begins = {name: value for aid in aids for name, value in aid.record().items()}
    return Plan(
        draft.data, draft.settings, draft.choices, draft.trained, draft.loss or draft.problem.loss,
        draft.named, draft.network, command, aids, begins, optimizer=optimizer,
    )  # fmt: skip


def _check_model(model: Any) -> None:
    named = model is None or isinstance(model, str | Mapping)
    if not named and not callable(getattr(model, "parameters", None)):
        raise UsageError(f"model must be a name, a description or a torch module; it is {model!r}")
