"""How a network's answers that are texts are looked for, or drawn: the options of `predict`."""

from dataclasses import dataclass

from gradatim.checks import UsageError
from gradatim.planning.options import option
from gradatim.problems.problem import Problem

TEXTS = "Answers that are texts"


@dataclass(frozen=True)
class TextAnswers:
    """What is asked of answers that are texts; None where the problem chooses."""

    beam: int | None = option("How many are followed at every step.", group=TEXTS)
    n_best: int | None = option("How many of each are given.", group=TEXTS)
    coverage: float | None = option("The penalty for what was not attended to; 0.2.", group=TEXTS)
    copy_unknown: bool = option("Copy unknown words from the input.", False, group=TEXTS)
    sample: bool = option("Draw them, in place of looking for the best.", False, group=TEXTS)
    temperature: float | None = option(
        "With --sample: below 1 safer, above 1 more daring, 0 greedy; 1.", group=TEXTS
    )
    top_k: int | None = option("With --sample: draw from the k most probable only.", group=TEXTS)
    seed: int | None = option("With --sample: the same seed, the same answers; 0.", group=TEXTS)

    def of(self, problem: Problem) -> Problem:
        """The problem, its answers looked for or drawn so; UsageError for what does not go together."""
        found = problem.looked_for(self.beam, self.n_best, self.coverage, self.copy_unknown)
        if self.sample:
            if self.beam is not None or self.coverage is not None:
                raise UsageError(
                    "--sample draws answers, --beam and --coverage look for the best: choose one"
                )
            temperature = 1.0 if self.temperature is None else self.temperature
            return found.drawn(temperature, self.top_k, self.seed or 0)
        if (self.temperature, self.top_k, self.seed) != (None, None, None):
            raise UsageError("--temperature, --top-k and --seed say how answers are drawn: add --sample")
        return found
