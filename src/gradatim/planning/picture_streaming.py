"""Pictures and clips that stay in their files while a network learns: what can learn so, on which engine."""

from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.data.streaming import in_bytes
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft
from gradatim.planning.loop_choice import loop_class
from gradatim.training.training import Training

INSTEAD = "--streaming no holds them in memory, and --input-size makes them smaller"


class PictureStreaming(Aid):
    """The training pictures or clips, decoded some batches ahead of the step."""

    def check(self, draft: Draft) -> None:
        """Raise UsageError where what learns needs all of them in memory."""
        if not _are_streamed(draft.train):
            return
        settings, noun = draft.settings, _noun(_examples_of(draft.train))
        if settings.engine == "numpy":
            raise UsageError(f"the NumPy engine reads {noun} in memory, and these are streamed: {INSTEAD}")
        if settings.pretrain is not None:
            raise UsageError(f"--pretrain needs {noun} in memory, and these are streamed: {INSTEAD}")
        if loop_class(draft.named) is not Training:
            name = draft.named if draft.is_named else "this network"
            raise UsageError(f"{name} learns from {noun} in memory, and these are streamed: {INSTEAD}")

    def complete(self, draft: Draft) -> None:
        """The torch engine, which decodes ahead; of those that are held, that they fit in memory."""
        train = draft.train
        if not _are_streamed(train):
            x = _examples_of(train)
            if x is not None:
                held = f"{len(train):,} {_noun(x)} of {in_bytes(x.nbytes)} are held in memory"
                draft.choices["streaming"] = f"no: {held}"
        elif draft.settings.engine == "auto":
            draft.settings = replace(draft.settings, engine="torch")
            draft.choices["engine"] = (
                f"torch: {_noun(_examples_of(train))} are decoded from their files on it"
            )


def _are_streamed(examples: Any) -> bool:
    return isinstance(_examples_of(examples), StreamedExamples)


def _noun(x: Any) -> str:
    return "clips" if x.ndim == 5 else "pictures"


def _examples_of(examples: Any) -> Any:
    """The pictures (N, C, H, W), or clips (N, C, T, H, W), of examples from files; None of other examples."""
    x: Any = getattr(examples, "x", getattr(examples, "inputs", None))
    if isinstance(x, StreamedExamples):
        return x
    is_such = getattr(x, "ndim", 0) in (4, 5) and x.shape[1] in (1, 3)
    return x if is_such and bool(getattr(examples, "files", ())) else None
