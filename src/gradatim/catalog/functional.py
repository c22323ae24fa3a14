"""Activations, initialisers, losses and schedules."""

from gradatim.catalog.entry import Entry


def _activation(name: str, paper: str, year: int, sentence: str) -> Entry:
    return Entry(name, "activation", f"gradatim.functional.activations:{name}", paper, year, "B2", sentence)


def _initialiser(name: str, paper: str, year: int, sentence: str) -> Entry:
    home = f"gradatim.functional.initialisers:{name}"
    return Entry(name, "initialiser", home, paper, year, "B13", sentence)


def _loss(name: str, of: str, paper: str, year: int, sentence: str, rows: str = "B9") -> Entry:
    return Entry(name, "loss", f"gradatim.functional.number_losses:{of}", paper, year, rows, sentence)


GLOROT = "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks"
HE = "He et al., Delving deep into rectifiers"
HOWARD = "Howard et al., Searching for MobileNetV3"
LECUN = "LeCun, Bottou, Orr & Müller, Efficient backprop"

ENTRIES = (
    _activation("identity", "", 0, "g(z) = z."),
    _activation("step", "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity",
                1943, "g(z) = 1 for z ≥ 0, otherwise 0."),
    _activation("sigmoid", "Verhulst, Notice sur la loi que la population suit dans son accroissement", 1838,
                "g(z) = 1/(1 + e^−z), between 0 and 1."),
    _activation("tanh", LECUN, 1998, "g(z) = tanh z, between −1 and 1."),
    _activation("relu", "Nair & Hinton, Rectified linear units improve restricted Boltzmann machines", 2010,
                "g(z) = max(0, z)."),
    _activation("leaky_relu",
                "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models", 2013,
                "g(z) = z for z ≥ 0, otherwise 0.01 z."),
    _activation("elu",
                "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs", 2016,
                "g(z) = z for z ≥ 0, otherwise α(e^z − 1)."),
    _activation("celu", "Barron, Continuously differentiable exponential linear units", 2017,
                "g(z) = z for z ≥ 0, otherwise α(e^(z/α) − 1): an ELU without a kink."),
    _activation("selu", "Klambauer et al., Self-normalizing neural networks", 2017,
                "ELU scaled so that mean 0 and variance 1 are a fixed point."),
    _activation("softplus",
                "Dugas et al., Incorporating second-order functional knowledge for better option pricing",
                2001, "g(z) = log(1 + e^z), a smooth ReLU."),
    _activation("softsign",
                "Turian, Bergstra & Bengio, Quadratic features and deep architectures for chunking", 2009,
                "g(z) = z/(1 + |z|), between −1 and 1."),
    _activation("gelu", "Hendrycks & Gimpel, Gaussian error linear units", 2016, "g(z) = z Φ(z)."),
    _activation("silu", "Elfwing, Uchibe & Doya, Sigmoid-weighted linear units", 2018, "g(z) = z σ(z)."),
    _activation("mish", "Misra, Mish: a self regularized non-monotonic activation function", 2019,
                "g(z) = z tanh(log(1 + e^z))."),
    _activation("hard_sigmoid", HOWARD, 2019, "g(z) = min(max(z + 3, 0), 6)/6: a sigmoid of straight lines."),
    _activation("hard_swish", HOWARD, 2019, "g(z) = z min(max(z + 3, 0), 6)/6."),
    _activation("maxout", "Goodfellow et al., Maxout networks", 2013,
                "The largest of every k neighbouring features."),
    _activation("softmax",
                "Bridle, Probabilistic interpretation of feedforward classification network outputs", 1990,
                "p_k = e^z_k / Σ e^z: probabilities of classes that exclude each other."),
    _activation("log_softmax", "", 0, "log p_k = z_k − log Σ e^z: logarithms of softmax's probabilities."),
    _initialiser("zeros", "", 0, "Every weight 0: the units of a layer stay equal for ever."),
    _initialiser("uniform", "", 0, "U(−bound, bound)."),
    _initialiser("normal", "", 0, "N(0, std²)."),
    _initialiser("xavier_uniform", GLOROT, 2010, "U(−a, a), a = gain √(6/(fan_in + fan_out))."),
    _initialiser("xavier_normal", GLOROT, 2010, "N(0, gain² · 2/(fan_in + fan_out))."),
    _initialiser("he_uniform", HE, 2015, "U(−a, a), a = √2 · √(3/fan_in): keeps the variance through ReLU."),
    _initialiser("he_normal", HE, 2015, "N(0, 2/fan_in): keeps the variance through ReLU."),
    _initialiser("lecun_uniform", LECUN, 1998, "U(−a, a), a = √(3/fan_in)."),
    _initialiser("lecun_normal", LECUN, 1998, "N(0, 1/fan_in)."),
    _initialiser("orthogonal",
                 "Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning", 2014,
                 "A random matrix with orthonormal rows or columns, times a gain."),
    Entry("cross_entropy", "loss", "gradatim.functional.losses:CrossEntropy", "", 0, "B9 B11",
          "−log p_y with p = softmax of the outputs: K classes, of which one is right."),
    Entry("binary_cross_entropy", "loss", "gradatim.functional.losses:BinaryCrossEntropy", "", 0, "B9 B11",
          "−y log p − (1−y) log(1−p) with p = σ(output): two classes, one output."),
    Entry("hinge", "loss", "gradatim.functional.margin_losses:Hinge",
          "Weston & Watkins, Support vector machines for multi-class pattern recognition", 1999, "B9",
          "The mean over classes of max(0, 1 − a_y + a_k); of one score max(0, 1 − s a), s = ±1."),
    Entry("squared_hinge", "loss", "gradatim.functional.margin_losses:SquaredHinge", "", 0, "B9",
          "The hinge loss with every term squared: its derivative has no jump."),
    Entry("focal", "loss", "gradatim.functional.focal:Focal",
          "Lin et al., Focal loss for dense object detection", 2017, "B9",
          "−(1 − p_y)^γ log p_y: cross entropy in which examples that are already right count less."),
    Entry("nll", "loss", "gradatim.functional.nll:NLL", "", 0, "B9",
          "−a_y of log-probabilities a: for a network that ends in log softmax."),
    Entry("multilabel", "loss", "gradatim.functional.label_losses:MultiLabel", "", 0, "B9 B11",
          "The sum of K binary cross entropies: K answers of yes and no an example."),
    _loss("squared_error", "SquaredError", "", 0, "Σ r² with r = output − target: smooth, hard on outliers."),
    _loss("half_squared_error", "HalfSquaredError", "", 0, "½ Σ r²: its derivative is r."),
    _loss("absolute_error", "AbsoluteError", "", 0, "Σ |r|: an outlier pulls no harder than others."),
    _loss("huber", "Huber", "Huber, Robust estimation of a location parameter", 1964,
          "Squares near 0, absolute values further out than δ = 1."),
    _loss("gaussian_nll", "GaussianNLL",
          "Nix & Weigend, Estimating the mean and variance of the target probability distribution", 1994,
          "−log p(y) of a Gaussian whose mean and log variance are the outputs.", "B10"),
    _loss("laplace_nll", "LaplaceNLL", "", 0,
          "−log p(y) of a Laplace distribution whose median and log width are the outputs.", "B10"),
    _loss("poisson_nll", "PoissonNLL", "", 0,
          "−log p(y), without log y!, of a Poisson distribution whose log mean is the output.", "B10"),
    Entry("constant", "schedule", "gradatim.functional.schedules:constant", "", 0, "C8",
          "The learning rate stays as it is."),
    Entry("cosine", "schedule", "gradatim.functional.schedules:cosine",
          "Loshchilov & Hutter, SGDR: stochastic gradient descent with warm restarts", 2017, "C8",
          "From the learning rate down to 0 along half a cosine."),
    Entry("step", "schedule", "gradatim.functional.schedules:step",
          "He et al., Deep residual learning for image recognition", 2015, "C8 C12",
          "Times 0.1 at a half and at three quarters of the steps; milestones=0.3/0.6, factor=0.2."),
    Entry("exponential", "schedule", "gradatim.functional.schedules:exponential", "", 0, "C8",
          "The same ratio at every step, down to 0.01; final=0.001."),
    Entry("inverse_time", "schedule", "gradatim.functional.schedules:inverse_time",
          "Robbins & Monro, A stochastic approximation method", 1951, "C8",
          "1/(1 + 10 · share of the steps done): the 1/t rule; decay=100."),
    Entry("one_cycle", "schedule", "gradatim.functional.schedules:one_cycle",
          "Smith & Topin, Super-convergence: very fast training of networks using large learning rates", 2018,
          "C8", "Up during 30 % of the steps, then down to almost nothing; rise, start, final."),
    Entry("plateau", "schedule", "gradatim.training.scheduling:Plateau", "", 0, "C8",
          "Times 0.1 whenever 5 epochs in a row have not lowered the validation loss; factor, patience."),
    Entry("clip_norm", "clipping", "gradatim.functional.clipping:clip_norm",
          "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks", 2013, "C9",
          "g ← g · min(1, τ/‖g‖₂), all gradients read as one vector."),
    Entry("clip_value", "clipping", "gradatim.functional.clipping:clip_value", "", 0, "C9",
          "Each element of the gradient between −τ and τ."),
    Entry("l1", "penalty", "gradatim.functional.penalties:L1",
          "Tibshirani, Regression shrinkage and selection via the lasso", 1996, "B12",
          "λ Σ |w|: drives weights to exactly 0; --l1."),
    Entry("l2", "penalty", "gradatim.functional.penalties:L2",
          "Hoerl & Kennard, Ridge regression", 1970, "B12", "½ λ Σ w²: keeps weights small; --l2."),
)  # fmt: skip
