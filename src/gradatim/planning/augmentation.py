"""`--augment POLICY`: pictures change while the network learns from them."""

from gradatim.checks import UsageError
from gradatim.data.augmentation.policies import in_full, operations_of
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft


class PictureAugmentation(Aid):
    """The training pictures as the network sees them, other ones in every epoch."""

    only_torch = ""  # until it is known to be asked for

    def check(self, draft: Draft) -> None:
        """Raise UsageError where it is asked for and cannot be."""
        settings = draft.settings
        if settings.augment is None or not operations_of(settings.augment):
            return
        if settings.engine == "numpy":
            raise UsageError("--augment is for the torch engine: leave out --engine numpy")
        if settings.pretrain is not None:
            raise UsageError("--augment and --pretrain cannot be together: leave one of them out")
        self.only_torch = "pictures are augmented as torch's tensors"

    def complete(self, draft: Draft) -> None:
        """Say what a policy stands for."""
        policy = draft.settings.augment
        if policy is not None and in_full(policy) != policy:
            draft.choices["augment"] = f"{policy} is {in_full(policy)}"
