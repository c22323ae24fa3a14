"""Names that people know from elsewhere, and what they are called here, or what here is nearest to them."""

from collections.abc import Collection

SAME = {  # names here, and what else they are called
    "squared_error": "mse mse_loss mean_squared_error l2_loss quadratic",
    "absolute_error": "mae l1_loss mean_absolute_error",
    "huber": "huber_loss smooth_l1 smooth_l1_loss",
    "cross_entropy": "cross_entropy_loss categorical_crossentropy sparse_categorical_crossentropy "
    "softmax_cross_entropy log_loss ce categorical_cross_entropy",
    "binary_cross_entropy": "bce bce_loss bce_with_logits bce_with_logits_loss",
    "gaussian_nll": "gaussian_nll_loss",
    "nll": "nll_loss negative_log_likelihood",
    "focal": "focal_loss",
    "hinge": "hinge_loss multi_class_hinge svm",
    "squared_hinge": "multi_margin_loss squared_hinge_loss",
    "poisson_nll": "poisson poisson_nll_loss",
    "kl_divergence": "kl_div kl_div_loss kullback_leibler relative_entropy",
    "layer_norm": "layer_normalization",
    "group_norm": "group_normalization",
    "silu": "swish",
    "gelu": "gelu_tanh gelu_new",
    "leaky_relu": "lrelu",
    "identity": "linear none",
    "sigmoid": "logistic expit",
    "step": "heaviside threshold step_lr",
    "relu": "rectifier",
    "dense": "linear fc fully_connected",
    "conv1d": "convolution1d",
    "conv2d": "conv convolution convolution2d",
    "batch_norm": "bn batch_norm1d batch_norm2d batch_norm3d batch_normalization",
    "local_response_norm": "lrn",
    "max_pool2d": "max_pool maxpooling max_pooling2d",
    "avg_pool2d": "avg_pool average_pooling average_pooling2d mean_pool",
    "global_avg_pool": "gap global_average_pooling global_average_pooling2d",
    "global_max_pool": "global_max_pooling global_max_pooling2d",
    "rnn": "simple_rnn elman elman_rnn vanilla_rnn rnn_cell",
    "lstm": "lstm_cell bilstm bi_lstm",
    "gru": "gru_cell bigru",
    "conv-2d": "convolution",
    "conv_transpose2d": "deconv deconvolution transposed_convolution",
    "backprop-or": "backprop backpropagation",
    "xavier_uniform": "xavier glorot glorot_uniform",
    "xavier_normal": "glorot_normal",
    "he_uniform": "he kaiming kaiming_uniform",
    "he_normal": "kaiming_normal",
    "lecun_uniform": "lecun",
    "normal": "truncated_normal gaussian random_normal",
    "uniform": "random_uniform",
    "sgd": "gd gradient_descent stochastic_gradient_descent",
    "momentum": "heavy_ball polyak sgdm sgd_momentum sgd_with_momentum momentum_sgd",
    "nesterov": "nag",
    "rmsprop": "rms",
    "lbfgs": "bfgs l_bfgs_b",
    "cosine": "cosine_annealing cosine_annealing_lr cosine_decay",
    "exponential": "exponential_lr exponential_decay",
    "plateau": "reduce_lr_on_plateau reduce_on_plateau",
    "l1": "lasso",
    "l2": "ridge",
    "small_cnn": "cnn convnet",
    "lenet5": "lenet",
    "googlenet": "inception inception_v1",
    "mlp": "dnn ann feed_forward multilayer_perceptron",
    "fcn8s": "fcn",
    "char_lm": "char_rnn language_model",
    "digits": "optdigits",
    "adult": "census census_income income",
    "tinyshakespeare": "shakespeare",
    "warpeace": "war_and_peace",
    "xor": "exclusive_or parity",
    "moons": "make_moons two_moons half_moons",
    "circles": "make_circles rings",
    "spirals": "two_spirals make_spirals",
    "blobs": "make_blobs gaussians clusters",
    "sine": "sin sinus sinusoid make_regression",
    "steps": "staircase stairs",
}  # fmt: skip
NEAREST = {  # names here, and those that are nearest to them and not there yet
    "adam": "adafactor adabelief yogi",
    "adamw": "lamb sophia prodigy",
    "momentum": "lars rprop",
    "muon": "shampoo soap",
    "lbfgs": "newton cg conjugate_gradient levenberg_marquardt",
    "tanh": "hardtanh hard_tanh",
    "relu": "relu6",
    "leaky_relu": "rrelu",
    "silu": "glu swiglu",
    "gelu": "geglu quick_gelu",
    "cross_entropy": "dice dice_loss ctc ctc_loss triplet contrastive info_nce",
    "squared_error": "rmse root_mean_squared_error msle",
    "cosine": "linear linear_lr linear_decay polynomial poly warmup cosine_restarts",
    "lstm": "attention self_attention multihead_attention transformer_encoder mamba",
    "max_pool2d": "unpool max_unpool",
    "conv_transpose2d": "upsample upsampling interpolate pixel_shuffle",
    "char_lm": "transformer gpt gpt2 llama bert",
    "mlp": "autoencoder logistic_regression linear_regression kan",
    "rbm": "vae gan dbn diffusion",
    "l1": "elastic_net",
    "l2": "elastic_net",
    "huber": "log_cosh logcosh",
    "absolute_error": "pinball quantile quantile_loss",
    "small_fcn": "unet u_net deeplab segnet",
    "small_cnn": "mobilenet efficientnet squeezenet vit",
    "mnist": "emnist kmnist usps",
    "fashion-mnist": "cifar cifar10 cifar100 svhn",
    "adult": "titanic",
    "tinyshakespeare": "wikitext ptb enwik8",
}
OPTIONS = {  # of a training, and what they are called elsewhere
    "lr": "learning_rate learning_rate_init eta step_size",
    "epochs": "max_iter num_epochs n_epochs iterations",
    "batch_size": "bs minibatch minibatch_size",
    "weight_decay": "decay wd",
    "seed": "random_state",
    "valid": "validation_split validation_fraction",
    "test": "test_size test_split",
    "patience": "early_stopping n_iter_no_change",
}
TABLES = (  # that people know and that Gradatim does not bring
    "iris wine boston boston_housing california california_housing housing breast_cancer diabetes penguins "
    "tips mpg auto_mpg linnerud abalone bike_sharing heart"
)


def key(name: str) -> str:
    """A name without case and marks.

    >>> key("MSELoss") == key("mse_loss") == "mseloss"
    True
    """
    return "".join(filter(str.isalnum, name.casefold()))


def synonyms(name: str, choices: Collection[str], table: dict[str, str]) -> list[str]:
    """What a name is called among these choices, by a table.

    >>> synonyms("Linear", ["dense", "relu"], SAME), synonyms("AdaBelief", ["adam"], NEAREST)
    (['dense'], ['adam'])
    """
    wanted = key(name)
    return [here for here, others in table.items() if here in choices and wanted in map(key, others.split())]
