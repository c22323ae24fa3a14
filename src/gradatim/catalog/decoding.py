"""Ways of choosing what comes next."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry("sample", "decoding", "gradatim.decoding.sampling:sample",
          "Ackley, Hinton & Sejnowski, A learning algorithm for Boltzmann machines", 1985, "E9",
          "One choice drawn from the softmax at a temperature, among the k best; a function of its seed."),
    Entry("greedy", "decoding", "gradatim.decoding.sampling:greedy", "", 0, "E9",
          "The choice with the best score."),
)  # fmt: skip
