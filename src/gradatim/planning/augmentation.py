"""`--augment POLICY`: pictures and clips change while the network learns from them."""

from dataclasses import replace

from gradatim.checks import UsageError
from gradatim.data.augmentation.policies import in_full, operations_of
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft


class PictureAugmentation(Aid):
    """The training pictures as the network sees them, other ones in every epoch."""

    def check(self, draft: Draft) -> None:
        """Raise UsageError where it is asked for and cannot be."""
        settings = draft.settings
        if settings.augment is None or not operations_of(settings.augment):
            return
        if settings.engine == "numpy":
            raise UsageError("--augment is for the torch engine: leave out --engine numpy")
        if settings.pretrain is not None:
            raise UsageError("--augment and --pretrain cannot be together: leave one of them out")
        if not draft.problem.reads_target:
            raise UsageError(
                f"--augment changes pictures and not their targets, and {draft.problem.kind} has the "
                "pictures themselves as targets: leave it out"
            )

    def complete(self, draft: Draft) -> None:
        """The torch engine; and say what a policy stands for."""
        settings, policy = draft.settings, draft.settings.augment
        if policy is None or not operations_of(policy):
            return
        if in_full(policy) != policy:
            draft.choices["augment"] = f"{policy} is {in_full(policy)}"
        if settings.engine == "auto":
            draft.settings = replace(settings, engine="torch")
            draft.choices["engine"] = "torch: pictures are augmented on it"
