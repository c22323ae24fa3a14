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
    "step": "heaviside step_lr",
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
    "attention": "bahdanau_attention luong_attention additive_attention",
    "attention_encoder_decoder": "seq2seq nmt",
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
    "l21": "group_lasso",
    "trace_norm": "nuclear_norm",
    "joint_sparsity": "multi_task_lasso",
    "l2": "ridge",
    "small_cnn": "cnn convnet",
    "lenet5": "lenet",
    "googlenet": "inception inception_v1",
    "mlp": "dnn ann feed_forward multilayer_perceptron",
    "fcn8s": "fcn",
    "char_lm": "char_rnn language_model",
    "transformer_lm": "gpt2 nanogpt",
    "multi_head_attention": "self_attention mha",
    "transformer_block": "transformer_encoder transformer_encoder_layer",
    "multi_task_gaussian_process": "gp gpr gaussian_process_regressor kriging icm",
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
    "cross_entropy": "dice dice_loss ctc_loss triplet contrastive info_nce",
    "squared_error": "rmse root_mean_squared_error msle",
    "cosine": "linear linear_lr linear_decay polynomial poly warmup cosine_restarts",
    "lstm": "mamba",
    "max_pool2d": "unpool max_unpool",
    "conv_transpose2d": "upsample upsampling interpolate pixel_shuffle",
    "transformer_lm": "llama",
    "transformer": "bert t5",
    "transformer_block": "mixture_of_experts moe",
    "wide_deep": "deepfm dcn dlrm factorization_machine",
    "mlp": "logistic_regression linear_regression kan",
    "vae": "gan diffusion",
    "l1": "elastic_net",
    "l2": "elastic_net",
    "huber": "log_cosh logcosh",
    "absolute_error": "pinball quantile quantile_loss",
    "small_fcn": "deeplab segnet",
    "small_cnn": "mobilenet efficientnet squeezenet vit",
    "mnist": "emnist kmnist",
    "fashion-mnist": "svhn",
    "cifar10": "cifar100",
    "adult": "titanic",
    "tinyshakespeare": "wikitext ptb enwik8",
}
OPTIONS = {  # of a training, and what they are called elsewhere
    "lr": "learning_rate learning_rate_init eta step_size",
    "epochs": "max_epochs max_iter num_epochs num_train_epochs n_epochs nb_epoch iterations",
    "batch_size": "bs minibatch minibatch_size train_batch_size",
    "optimizer": "opt optim optimiser solver algorithm",
    "schedule": "scheduler lr_scheduler lr_schedule lr_decay",
    "hidden": "hidden_layer_sizes hidden_size hidden_units hidden_layers units layers",
    "dropout": "drop drop_rate dropout_rate",
    "clip_norm": "clip grad_clip gradient_clip clipnorm max_grad_norm gradient_clip_val",
    "accumulate": "accumulation_steps gradient_accumulation_steps accumulate_grad_batches",
    "ema": "swa polyak_averaging weight_averaging",
    "class_weight": "class_weights balanced",
    "pos_weight": "scale_pos_weight",
    "label_smoothing": "smoothing",
    "metrics": "metric scoring",
    "device": "gpu cuda accelerator",
    "threads": "num_threads n_jobs jobs workers num_workers",
    "precision": "dtype amp half",
    "target": "label labels response",
    "input_size": "image_size img_size imgsz resize",
    "weight_decay": "decay wd",
    "seed": "random_state random_seed manual_seed",
    "valid": "val validation val_split val_size validation_split validation_fraction validation_data",
    "test": "test_size test_split test_data",
    "patience": "early_stopping n_iter_no_change",
}
OF_VERBS = {  # options of the command line alone, and what they are called elsewhere
    "out": "output output_dir save_dir outdir",
    "json": "format output_format",
    "quiet": "silent verbose q",
    "model": "arch architecture net network",
    "loss": "criterion objective loss_function",
    "weights": "checkpoint ckpt init_weights",
    "config": "cfg configuration",
    "force": "overwrite f",
    "resume": "restore continue",
    "top_k": "topk k",
    "length": "max_tokens max_new_tokens num_tokens",
    "svg": "draw",
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
