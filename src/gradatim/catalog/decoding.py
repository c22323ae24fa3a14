"""Ways of choosing what comes next."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry("sample", "decoding", "gradatim.decoding.sampling:sample",
          "Ackley, Hinton & Sejnowski, A learning algorithm for Boltzmann machines", 1985, "E9",
          "One choice drawn from the softmax at a temperature, among the k best; a function of its seed."),
    Entry("greedy", "decoding", "gradatim.decoding.sampling:greedy", "", 0, "E9",
          "The choice with the best score."),
    Entry("coverage_penalty", "decoding", "gradatim.decoding.coverage:coverage_penalty",
          "Wu et al., Google's neural machine translation system: bridging the gap between human and machine "
          "translation", 2016, "E12",
          "How much of an input a sequence has attended to, as a part of its score."),
    Entry("copy_unknown", "decoding", "gradatim.decoding.copying:copy_unknown",
          "Luong, Sutskever, Le, Vinyals & Zaremba, Addressing the rare word problem in neural machine "
          "translation", 2015, "E12",
          "Unknown words of an answer, copied from the word of the input that was attended to most."),
)  # fmt: skip
