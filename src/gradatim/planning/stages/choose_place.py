"""The last stage: on which device, and with how many threads."""

from dataclasses import replace
from typing import Any

from gradatim import device
from gradatim.planning.draft import Draft
from gradatim.planning.ensembles import members_of
from gradatim.planning.network_arguments import work_of


def choose_place(draft: Draft) -> None:
    """Choose the threads and the device, and say why where they were not asked for."""
    settings, trained = draft.settings, draft.trained
    work = work_of(draft.entry, trained.shape or (), trained.facts["parameters"])  # one example's
    members = members_of(draft.entry)
    steps = (settings.batch_size or 1) * (settings.window or 1)
    if members > 1 and settings.engine == "numpy":
        threads, why = device.threads_side_by_side(settings.threads, members, 3.0 * work * steps / members)
    else:
        threads, why = device.choose_threads(settings.threads, 3.0 * work * steps)
    if settings.threads is None:
        draft.choices["threads"] = f"{threads}: {why}"
    where: Any = "cpu"
    why = "the NumPy engine runs on it"
    if settings.engine == "torch":
        where, why = device.choose_device(settings.device)
    if settings.device == "auto":
        draft.choices["device"] = f"{where}: {why}"
    draft.settings = replace(settings, threads=threads, device=str(where))
