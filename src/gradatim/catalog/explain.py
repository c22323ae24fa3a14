"""Traces: worked examples by name; and pages to read."""

from gradatim.catalog.entry import Entry

BACKPROPAGATION = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors"
PERCEPTRON = "Rosenblatt, The perceptron: a probabilistic model for information storage and organization"
CALCULUS = "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity"


def _trace(
    name: str, rows: str, sentence: str, paper: str = "", year: int = 0, module: str | None = None
) -> Entry:
    """A trace whose function has its name; several may live in one module."""
    function = name.replace("-", "_")
    home = f"gradatim.explain.traces.{module or function}:{function}"
    return Entry(name, "trace", home, paper, year, rows, sentence)


def _page(name: str, function: str, rows: str, sentence: str) -> Entry:
    """A page of `show`, in the module of its function's name."""
    return Entry(name, "page", f"gradatim.explain.pages.{function}:{function}", "", 0, rows, sentence)


ENTRIES = (
    _page("map", "learning_map", "B19", "A map of learning, every entry of the catalogue at its place."),
    _page("edges", "edges", "I11",
          "What is not explained, where knowledge enters, what can be read; published results by field."),
    _page("reading-list", "reading_list", "I11", "Papers to read, by row of the curriculum."),
    _trace("threshold", "A1", "A threshold unit as and, or, not, x1-and-not-x2, nor: its truth table.",
           CALCULUS, 1943),
    _trace("xor-threshold", "A1", "XOR as a net of three threshold units, and no single one that is XOR.",
           CALCULUS, 1943, "threshold"),
    _trace("perceptron", "A2", "Rosenblatt's rule, every presentation, and the bound on its mistakes.",
           PERCEPTRON, 1958),
    _trace("xor-perceptron", "A2", "Rosenblatt's rule on XOR: no end, and at most 3 of 4 right.",
           PERCEPTRON, 1958, "perceptron"),
    _trace("adaline", "A3", "The delta rule update by update, and the least-squares solution beside it.",
           "Widrow & Hoff, Adaptive switching circuits", 1960),
    _trace("logistic-unit", "A4", "One logistic unit with squared error: gradient and finite differences."),
    _trace("neuron", "A7", "A neuron drawn beside a unit, and brain against machine as lectured."),
    _trace("xor-kernels", "A9", "XOR by a line, by two kernels, and by a hidden layer that learns.",
           "Cortes & Vapnik, Support-vector networks", 1995),
    _trace("sawtooth", "A10", "The sawtooth of 2^k teeth: units that depth 1, 2 and k need.",
           "Telgarsky, Benefits of depth in neural networks", 2016),
    _trace("forward-run", "B16", "A forward run through five units, and what two losses send back."),
    _trace("learning-loop", "B8",
           "Forward, loss, backward and update of one ReLU unit by the chain rule."),
    _trace("chain-rule", "B18",
           "A weight's derivative in symbols, and the factor that all weights of a unit share."),
    _trace("backprop-layers", "B5",
           "Backpropagation in layer form: matrices, examples as columns, gradients averaged.",
           BACKPROPAGATION, 1986),
    _trace("backprop-or", "B6 B7",
           "Backpropagation unit by unit in a network for OR, until all four answers are right.",
           BACKPROPAGATION, 1986),
    _trace("gaussian-process", "H7",
           "Three targets of two tasks: covariance, factor, posterior, log likelihood and its gradient.",
           "Bonilla, Chai & Williams, Multi-task Gaussian process prediction", 2007),
    _trace("proximal-step", "H2 H3",
           "A proximal-gradient step of two tasks: gradient, rows shortened, singular values lowered.",
           "Obozinski, Taskar & Jordan, Joint covariate selection and joint subspace selection", 2010),
    _trace("optimizer-step", "C1 C2 C3 C4 C5 C6 C7",
           "An optimizer's steps with one parameter: its gradient, what it remembers, the new value."),
    _trace("conv-1d", "D5", "A signal through one and two filters: strides, padding, gradients."),
    _trace("conv-2d", "D1", "Cross-correlation and true convolution of one pair, product by product."),
    _trace("conv-filters", "D2 D7", "Two filters over a picture, their maps, and max pooling."),
    _trace("conv-stride", "D3", "One kernel over one picture at strides 1 and 2."),
    _trace("conv-volume", "D5", "Filters as deep as their input: sizes, parameters, a small one worked."),
    _trace("conv-size", "D6", "How many places a window has, and which columns it drops."),
    _trace("pooling", "D7", "The largest, the mean and the sum of every window, and their gradients."),
    _trace("conv-matrix", "D8 D9", "A convolution as a sparse dense layer with shared weights."),
    _trace("rnn", "E1 E2 E3",
           "One recurrent unit through time, forwards, backwards, and with the gradient cut short.",
           "Elman, Finding structure in time", 1990),
    _trace("lstm", "E5 E16", "One LSTM unit: every gate of every step, forward and backward.",
           "Hochreiter & Schmidhuber, Long short-term memory", 1997),
    _trace("gru", "E6", "One GRU unit in the course's form and in torch's, every gate of every step.",
           "Cho et al., Learning phrase representations using RNN encoder–decoder", 2014),
    _trace("hello", "E20",
           "A recurrent network of 33 weights, every quantity of a step, trained until it spells."),
    _trace("gpt", "I8",
           "A GPT of 228 weights: every number of a forward and backward pass, trained until it spells.",
           "Vaswani et al., Attention is all you need", 2017),
    _trace("attention", "E12",
           "One step of a decoder with attention: scores, weights, context, new state, all gradients.",
           "Bahdanau, Cho & Bengio, Neural machine translation by jointly learning to align and translate",
           2015),
    _trace("rnn-gradients", "E8",
           "Gradients that vanish and explode on their way back through time, exact and measured.",
           "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks", 2013),
    _trace("pca-and-autoencoder", "F1",
           "Principal components beside the linear autoencoder that learns their plane.",
           "Baldi & Hornik, Neural networks and principal component analysis", 1989),
    _trace("autoencoder", "F2 F3",
           "A step of a denoising, sparse and contractive autoencoder: loss, penalties, gradients.",
           "Vincent et al., Extracting and composing robust features with denoising autoencoders", 2008),
    _trace("rbm", "F6",
           "A Boltzmann machine's step of CD-1: every probability, state, product; the exact gradient.",
           "Hinton, Training products of experts by minimizing contrastive divergence", 2002),
    _trace("rnn-unrolled", "E19",
           "A recurrent network beside the deep network with tied weights that it is."),
    _trace("som", "F11", "One online step of a self-organising map, every distance and every weight.",
           "Kohonen, Self-organized formation of topologically correct feature maps", 1982),
)  # fmt: skip
