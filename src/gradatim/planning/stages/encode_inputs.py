"""The fourth stage: how inputs are encoded, as the network reads them."""

from collections.abc import Mapping
from typing import Any

from gradatim.data.encoders.encoder import encoder_for, encoder_for_own, fit_encoder
from gradatim.data.streams import check_window
from gradatim.planning.draft import Draft
from gradatim.planning.ensembles import encoder_of_numbers, members_in_time, numbers_as, parts_of
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.network_arguments import check_layout, encoder_of_network
from gradatim.planning.text_units import texts_as


def encode_inputs(draft: Draft) -> None:
    """Fit the encoder to the training examples, unless a run has brought its own; by its width, as many
    members of an ensemble as the time allows.
    """
    if draft.is_named:
        check_layout(draft.named, draft.train)
    train = texts_as(draft.train, draft.named, draft.settings.text_units)
    draft.encoder = draft.known_encoder or fit_encoder(
        numbers_as(train, draft.settings.numbers), _encoder_name(draft, train)
    )
    draft.settings, draft.choices = members_in_time(
        draft.named, draft.settings, draft.choices, draft.encoder, train, parts_of(draft.data)
    )
    if draft.settings.window:
        check_window(train, draft.data.valid, draft.settings.window)
        draft.encoder = draft.encoder.with_window(draft.settings.window)
    draft.choices |= draft.encoder.choices(train.features)
    draft.choices |= draft.reasons
    for aid in draft.aids:
        aid.encode(draft)


def _encoder_name(draft: Draft, train: Any) -> str | None:
    """What the way of learning reads; a user's own network reads arrays as they are."""
    model = draft.named
    own = not isinstance(model, str | Mapping)
    usual = encoder_for_own(train.encoder) if own else encoder_of_numbers(train, draft.settings.numbers)
    as_units = any(aid.reads_units(draft) for aid in draft.aids)
    if as_units and not own and getattr(train, "is_pictures", False):
        usual = "unit"
    usual = encoder_of_network(model, usual or train.encoder) or usual
    asked = loop_class(model).encoder_of(train, draft.problem, usual)
    return None if asked is None else encoder_for(asked, train)
