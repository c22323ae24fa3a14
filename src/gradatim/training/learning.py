"""What a way of learning gives to its Loop."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from gradatim.checks import UsageError

State = tuple[dict[str, Any], dict[str, Any]]  # tensors by name, and numbers that JSON can hold


class Learning:
    """What is learned from, what a step is, what is measured, and what a checkpoint holds of it. Abstract.

    Where steps are not checked one by one, as on a GPU, it gives `checks_steps`, `check_steps` and
    `any_nonfinite`; where something draws from a global random state, `random_state`, `set_random_state` and
    `foreign_batches`. The rest of what it may give does nothing here.
    """

    task: ClassVar[str] = (
        ""  # that it learns whatever the data ask; the data's own question where it is empty
    )
    encoder: ClassVar[str] = ""  # that gives the inputs it reads; the data's own where it is empty
    takes: ClassVar[tuple[str, ...]] = ()  # of a run's settings of training; all where it is empty
    usual: ClassVar[dict[str, Any]] = {}  # settings where nothing is asked for, in place of the recipe's
    update: ClassVar[str] = ""  # how it steps, in a word or two; the optimizer's name where it is empty
    reasons: ClassVar[dict[str, str]] = {}  # of these, where a run says them
    sizes_itself: ClassVar[bool] = False  # whether its network chooses its layers where nothing is asked
    rate_in_words: str = ""  # how its learning rate moves; the schedule's name where it is empty
    SUMS: ClassVar[tuple[str, ...]] = ("loss_sum", "weight_sum")  # of an epoch: Σ weight · loss, Σ weight
    epoch: int  # how many are finished
    sums: dict[str, Any]  # of this epoch, by the names in SUMS

    @classmethod
    def of_settings(cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]) -> Self:
        """The loop for prepared examples and the settings of a run, of which it takes those that it knows."""
        raise NotImplementedError

    @classmethod
    def problem_of(cls, problem: Any, examples: Any, loss: Any) -> Any:
        """The problem that it learns, of the one that examples pose, where `loss` or nothing is asked for."""
        return problem

    @classmethod
    def arguments_of(cls, problem: Any) -> dict[str, Any]:
        """The arguments of its network that the problem decides."""
        return {}

    @classmethod
    def encoder_of(cls, examples: Any, problem: Any, usual: str | None) -> str | None:
        """The encoder that gives the inputs it reads, by its name; `usual` is the examples' own."""
        return cls.encoder or usual

    @property
    def model(self) -> Any:
        """The network that a run keeps."""
        raise NotImplementedError

    @property
    def lr(self) -> float:
        """The learning rate of the last step."""
        raise NotImplementedError

    @property
    def framework(self) -> str:
        """What its checkpoint is read as: "np", arrays of NumPy, or "pt", torch's tensors."""
        raise NotImplementedError

    @property
    def length(self) -> int | None:
        """Batches in an epoch; None where that is not known."""
        raise NotImplementedError

    def batches(self, epoch: int, start: int) -> Iterator:
        """The batches of an epoch from number `start` on."""
        raise NotImplementedError

    def take_step(self, group: list) -> dict[str, Any]:
        """One update; what it adds to each of SUMS."""
        raise NotImplementedError

    def measure(self) -> dict[str, float]:
        """What is measured after an epoch, on validation; nothing where there is none."""
        raise NotImplementedError

    def own_state(self) -> State:
        """Copies of everything that its steps change: tensors by name, and numbers that JSON can hold."""
        raise NotImplementedError

    def restore_own(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave, which stays as it is."""
        raise NotImplementedError

    # ---- what it may give besides

    def begin(self) -> None:
        """Make ready to learn."""

    def begin_epoch(self) -> None:
        """Make ready for the first batch of an epoch."""

    def means(self) -> dict[str, float]:
        """What an epoch's record holds of its sums, `loss` among them."""
        weight = max(float(self.sums["weight_sum"]), 1e-300)
        totals = {name: total for name, total in self.sums.items() if name != "weight_sum"}
        return {name.removesuffix("_sum"): float(total) / weight for name, total in totals.items()}

    def after_epoch(self, valid: dict[str, float]) -> None:
        """Take in what was measured; the epoch counts as finished."""

    def waited(self) -> float | None:
        """The seconds since it was last asked in which batches were waited for; None of those in memory."""
        return None

    def notice(self) -> str:
        """What to say after an epoch; mostly nothing."""
        return ""

    def keep(self, last: bool = False) -> int:
        """Put what is to be kept where the parameters are, the best unless the last; returns its epoch."""
        return self.epoch

    def facts(self) -> dict[str, Any]:
        """What is known of what `keep` kept, for `model.json`."""
        return {}

    def end(self) -> None:
        """Make ready to be used, and let go of the examples."""

    @property
    def unseen_outputs(self) -> Any:
        """Outputs of what `keep` kept for the examples of training, then of validation, that none of them was
        trained on; None where validation itself was kept for that.
        """
        return None

    def evaluate(self, data: Any) -> dict[str, float]:
        """Measures on other examples, as the parameters are."""
        raise UsageError(f"{type(self).__name__} is not evaluated on examples")

    @property
    def foreign_batches(self) -> bool:
        """Whether the batches may be drawn from a global random state."""
        return False

    @property
    def checks_steps(self) -> bool:
        """Whether every step is checked as it is made, rather than once an epoch."""
        return True

    def check_steps(self) -> None:
        """Check every step from here on."""

    def any_nonfinite(self) -> bool:
        """Whether any loss since the last call was not finite."""
        return False

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return None

    def random_state(self) -> dict[str, Any]:
        """The global random state, where something draws from it; nothing where every number is hashed."""
        return {}

    def set_random_state(self, state: dict[str, Any]) -> None:
        """Put the global random state back."""
