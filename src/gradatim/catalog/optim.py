"""Optimisers."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry("sgd", "optimizer", "gradatim.optim.sgd:SGD",
          "Robbins & Monro, A stochastic approximation method", 1951, "C1", "θ ← θ − ηg."),
    Entry("momentum", "optimizer", "gradatim.optim.momentum:Momentum",
          "Polyak, Some methods of speeding up the convergence of iteration methods", 1964, "C2",
          "v ← ρv + g; θ ← θ − ηv."),
    Entry("adam", "optimizer", "gradatim.optim.adam:Adam",
          "Kingma & Ba, Adam: a method for stochastic optimization", 2015, "C6",
          "Steps of about η whatever the gradient's scale: its mean over the root of its mean square."),
)  # fmt: skip
