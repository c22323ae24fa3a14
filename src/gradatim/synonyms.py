"""Names that people know from elsewhere, and what they are called here, or what here is nearest to them."""

from collections.abc import Collection

SAME = {  # names here, and what else they are called
    "squared_error": "mse mse_loss mean_squared_error l2_loss quadratic",
    "absolute_error": "mae l1_loss mean_absolute_error",
    "huber": "huber_loss smooth_l1 smooth_l1_loss",
    "cross_entropy": "cross_entropy_loss categorical_crossentropy sparse_categorical_crossentropy "
    "softmax_cross_entropy log_loss ce",
    "binary_cross_entropy": "bce bce_loss bce_with_logits bce_with_logits_loss",
    "gaussian_nll": "gaussian_nll_loss",
    "nll": "nll_loss negative_log_likelihood",
    "focal": "focal_loss",
    "squared_hinge": "multi_margin_loss squared_hinge_loss",
    "poisson_nll": "poisson poisson_nll_loss",
    "kl_divergence": "kl_div kl_div_loss kullback_leibler relative_entropy",
    "layer_norm": "layer_normalization",
    "group_norm": "group_normalization",
    "silu": "swish",
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
    "rnn": "simple_rnn elman elman_rnn vanilla_rnn",
    "xavier_uniform": "xavier glorot glorot_uniform",
    "xavier_normal": "glorot_normal",
    "he_uniform": "he kaiming kaiming_uniform",
    "he_normal": "kaiming_normal",
    "lecun_uniform": "lecun",
    "sgd": "gd gradient_descent stochastic_gradient_descent",
    "momentum": "heavy_ball polyak",
    "nesterov": "nag",
    "rmsprop": "rms",
    "lbfgs": "bfgs l_bfgs_b",
    "cosine": "cosine_annealing cosine_annealing_lr cosine_decay",
    "exponential": "exponential_lr exponential_decay",
    "plateau": "reduce_lr_on_plateau reduce_on_plateau",
    "small_cnn": "cnn convnet",
    "fcn8s": "fcn",
    "char_lm": "char_rnn language_model",
    "digits": "optdigits",
    "adult": "census census_income income",
    "tinyshakespeare": "shakespeare",
    "warpeace": "war_and_peace",
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
    "cross_entropy": "dice dice_loss",
    "huber": "log_cosh logcosh",
    "absolute_error": "pinball quantile quantile_loss",
    "small_fcn": "unet u_net deeplab segnet",
    "small_cnn": "mobilenet efficientnet squeezenet vit",
    "mnist": "emnist kmnist usps",
    "fashion-mnist": "cifar cifar10 cifar100 svhn",
    "adult": "titanic",
}


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
