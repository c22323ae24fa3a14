"""Claims that an experiment tests, by name."""

from gradatim.catalog.entry import Entry

BACKPROPAGATION = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors"


def _claim(name: str, rows: str, sentence: str, paper: str = "", year: int = 0) -> Entry:
    """A claim whose file and class have its name."""
    module = name.replace("-", "_")
    attribute = "".join(part.capitalize() for part in name.split("-"))
    home = f"gradatim.experiments.claims.{module}:{attribute}"
    return Entry(name, "experiment", home, paper, year, rows, sentence)


ENTRIES = (
    _claim("transferability", "G2",
           "Layers taken from another problem, frozen or fine-tuned: AnB, BnB, AnB+ and BnB+ over n.",
           "Yosinski, Clune, Bengio & Lipson, How transferable are features in deep neural networks?", 2014),
    _claim("zero-initialisation", "B13",
           "Weights that all begin at zero: hidden units never move or stay copies of one.",
           BACKPROPAGATION, 1986),
    _claim("linear-layers", "B1", "Linear layers on each other are one linear layer, trained or not."),
    _claim("vanishing-gradients", "B14",
           "The gradient by layer of a deep network: with sigmoid it vanishes, with ReLU it does not.",
           "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural "
           "networks", 2010),
    _claim("remedies", "B12 B21",
           "Early stopping, dropout, L1, L2, weight decay and augmentation, each on one overfitted network.",
           "Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting", 2014),
    _claim("capacity", "B21", "Training and test error against width, depth and epochs.",
           "Geman, Bienenstock & Doursat, Neural networks and the bias/variance dilemma", 1992),
    _claim("random-labels", "B21",
           "Labels drawn by lot, learned by heart, and what the network answers then.",
           "Zhang, Bengio, Hardt, Recht & Vinyals, Understanding deep learning requires rethinking "
           "generalization", 2017),
    _claim("universal-approximation", "A5",
           "The largest error of one hidden layer by its units, constructed and trained; identity fails.",
           "Cybenko, Approximation by superpositions of a sigmoidal function", 1989),
    _claim("depth", "A6", "Test accuracy by parameters for one, two and three hidden layers."),
    _claim("saturation", "B2", "One unit that is trained to copy its input: sigmoid and tanh cannot."),
    _claim("gradient-cost", "B17",
           "The cost of a backward pass beside that of one difference per weight.", BACKPROPAGATION, 1986),
    _claim("likelihood", "B10",
           "Squared error and maximum likelihood on data whose noise depends on x.",
           "Nix & Weigend, Estimating the mean and variance of the target probability distribution", 1994),
    _claim("minibatch-noise", "C1",
           "The gradient of m examples: right on average, its spread 1/√m, a step as dear whatever N is.",
           "Robbins & Monro, A stochastic approximation method", 1951),
    _claim("loss-surface", "B15",
           "The loss around trained networks in filter-normalised directions, and three learning rates.",
           "Li et al., Visualizing the loss landscape of neural nets", 2018),
    _claim("optimizer-paths", "C10",
           "Every optimiser of the catalogue on a bowl, a saddle, two minima and a noisy bowl.",
           "Polyak, Some methods of speeding up the convergence of iteration methods", 1964),
    _claim("leaving-saddles", "C12",
           "How often full-batch descent, SGD and momentum leave a poor minimum and a saddle; step decay.",
           "Robbins & Monro, A stochastic approximation method", 1951),
    _claim("one-hyper-parameter", "C13",
           "Nine hyper-parameters, each changed alone: learning curves and errors.",
           "Bengio, Practical recommendations for gradient-based training of deep architectures", 2012),
    _claim("timeline", "I6",
           "Machines from the threshold unit to the support-vector machine on the same small data.",
           "Minsky & Papert, Perceptrons", 1969),
    _claim("four-generations", "B23",
           "Digits by rules, on designed features, on learned features, and end to end.",
           "LeCun et al., Backpropagation applied to handwritten zip code recognition", 1989),
    _claim("few-labels", "F13",
           "Test error by the number of labels, with unsupervised pretraining and without.",
           "Hinton, Osindero & Teh, A fast learning algorithm for deep belief nets", 2006),
    _claim("pretraining-2007", "F8 F9",
           "Five ways to train a deep network: pretrained as machines, as autoencoders, by labels, or not.",
           "Bengio, Lamblin, Popovici & Larochelle, Greedy layer-wise training of deep networks", 2007),
    _claim("pretraining-function-space", "F10",
           "Trajectories of many runs with and without pretraining, and the spread of their test errors.",
           "Erhan et al., Why does unsupervised pre-training help deep learning?", 2010),
    _claim("theano-tutorials", "F4 F6 F7",
           "Accuracy and minutes of a deep belief network, stacked denoising autoencoders and a machine.",
           "LISA lab, Deep Learning Tutorials", 2015),
    _claim("denoising-features", "F3",
           "A linear classifier on the codes of plain and of denoising autoencoders, and on pixels.",
           "Vincent, Larochelle, Bengio & Manzagol, Extracting and composing robust features with denoising "
           "autoencoders", 2008),
    _claim("adding-task", "E17",
           "RNN, GRU and LSTM add two marked numbers of a long sequence.",
           "Hochreiter & Schmidhuber, Long short-term memory", 1997),
    _claim("copy-task", "E17",
           "RNN, GRU and LSTM write down ten symbols after a pause.",
           "Henaff, Szlam & LeCun, Recurrent orthogonal networks and long-memory tasks", 2016),
    _claim("distant-word", "E17",
           "A sentence whose last word depends on a distant one: France, and later French.",
           "Bengio, Simard & Frasconi, Learning long-term dependencies with gradient descent is difficult",
           1994),
    _claim("change-of-topic", "E18",
           "The influence of old inputs across a change of topic, and the forget gate there.",
           "Gers, Schmidhuber & Cummins, Learning to forget: continual prediction with LSTM", 2000),
    _claim("without-memory", "E23",
           "Window networks and convolutions beside recurrent ones: error against the distance.",
           "Elman, Finding structure in time", 1990),
    _claim("edge-filters", "F2 F4",
           "Filters of a sparse autoencoder on patches of photographs, of two layers: localised edges.",
           "Olshausen & Field, Emergence of simple-cell receptive field properties by learning a sparse "
           "code for natural images", 1996),
)  # fmt: skip
