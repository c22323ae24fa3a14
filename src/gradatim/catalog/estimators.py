"""Estimators with scikit-learn's interface."""

from gradatim.catalog.entry import Entry

SELECTION = "Caruana, Niculescu-Mizil, Crew & Ksikes, Ensemble selection from libraries of models"
BACKPROPAGATION = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors"

ENTRIES = (
    Entry("mlp_classifier", "estimator", "gradatim.estimators.mlp_classifier:MLPClassifier",
          BACKPROPAGATION, 1986, "B1 B9 B11 B12 C7",
          "A multilayer perceptron that classifies, for scikit-learn's pipelines and searches."),
    Entry("mlp_regressor", "estimator", "gradatim.estimators.mlp_regressor:MLPRegressor",
          BACKPROPAGATION, 1986, "B1 B9 B10 B12 C7",
          "A multilayer perceptron that predicts numbers, and their spread where its loss has one."),
    Entry("perceptron", "estimator", "gradatim.estimators.perceptron:Perceptron",
          "Rosenblatt, The perceptron: a probabilistic model for information storage and organization", 1958,
          "A2", "A threshold of wᵀx + b that learns from its mistakes."),
    Entry("adaline", "estimator", "gradatim.estimators.adaline:Adaline",
          "Widrow & Hoff, Adaptive switching circuits", 1960, "A3",
          "A linear unit trained on the squared error before its threshold."),
    Entry("autoencoder", "estimator", "gradatim.estimators.autoencoder:Autoencoder", BACKPROPAGATION, 1986,
          "F1 F2 F3",
          "An autoencoder as a transformer: codes, reconstructions, and their errors as scores."),
    Entry("bernoulli_rbm", "estimator", "gradatim.estimators.bernoulli_rbm:BernoulliRBM",
          "Tieleman, Training restricted Boltzmann machines using approximations to the likelihood gradient",
          2008, "F6", "Features of a Boltzmann machine of binary units, step for step scikit-learn's."),
    Entry("gaussian_rbm", "estimator", "gradatim.estimators.gaussian_rbm:GaussianRBM",
          "Cho, Ilin & Raiko, Improved learning of Gaussian–Bernoulli restricted Boltzmann machines", 2011,
          "F6", "Features of a Boltzmann machine that reads numbers on any scale."),
    Entry("dbn_classifier", "estimator", "gradatim.estimators.dbn_classifier:DBNClassifier",
          "Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks", 2006, "F7",
          "Sigmoid layers that begin as a deep belief network, fine-tuned by backpropagation."),
    Entry("table_classifier", "estimator", "gradatim.estimators.table_classifier:TableClassifier",
          SELECTION, 2004, "B1 B9 B11 B20",
          "The recipe of a run for tables as a classifier: encodings, members over folds, mixed columns."),
    Entry("table_regressor", "estimator", "gradatim.estimators.table_regressor:TableRegressor",
          SELECTION, 2004, "B1 B9 B10 B20",
          "The recipe of a run for tables as a regressor: encodings, members over folds, mixed columns."),
    Entry("forecaster", "estimator", "gradatim.estimators.forecaster:Forecaster",
          "Lai, Chang, Yang & Liu, Modeling long- and short-term temporal patterns with deep neural networks",
          2018, "E4",
          "The next steps of a series with intervals, by a run's recipe: fit, predict, predict_interval."),
    Entry("som", "estimator", "gradatim.estimators.som:SOM",
          "Kohonen, Self-organized formation of topologically correct feature maps", 1982, "F11",
          "A self-organising map as a transformer: distances to units, nearest units, map errors."),
)  # fmt: skip
