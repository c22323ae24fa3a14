"""A network that beam search can ask, whose every number is in a table."""

import numpy as np
import torch


class Table:
    """A network whose scores depend on the last two symbols and on the input: nothing else is to know."""

    def __init__(self, symbols, seed=0, attends=False):
        self.scores = torch.from_numpy(
            np.random.default_rng(seed).standard_normal((9, symbols + 1, symbols + 1, symbols)) * 2
        )
        self.symbols, self.attends = symbols, attends

    def remember(self, values, lengths):
        return {"input": values}, {"last": torch.full((len(values),), self.symbols)}

    def advance(self, said, memory, state):
        scores = self.scores[memory["input"], state["last"], said]
        after = {"last": said}
        if self.attends:  # to the step that the symbol's number says
            after["attention"] = torch.eye(self.symbols + 1, dtype=torch.float64)[said]
        return scores, after


def log_p(table, x, y):
    """log p(y | x), symbol by symbol."""
    before, total = (table.symbols, table.symbols), 0.0
    for symbol in y:
        total += float(table.scores[x, before[0], before[1]].log_softmax(0)[symbol])
        before = (before[1], symbol)
    return total
