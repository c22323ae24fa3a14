"""Networks in NumPy, their gradients derived by hand."""

from gradatim.rooms import open_room

open_room(
    __name__,
    more={
        "network": "Network", "speller": "Speller", "twins": "TWINS", "unrolled": "unroll",
        "truncated": "windows", "jacobians": "jacobian_norms", "losses.by_name": "loss_by_name LOSSES",
        "layers.activations": "CELU ELU GELU Identity LeakyReLU Mish ReLU SELU SiLU Sigmoid Softplus "
        "Softsign Step Tanh",
        "layers.adaptive_pooling": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d "
        "AdaptiveMaxPool2d AdaptiveMaxPool3d",
        "layers.batch_norm": "BatchNorm",
        "layers.conv": "Conv1d Conv2d Conv3d TrueConv1d TrueConv2d",
        "layers.conv_transpose": "ConvTranspose1d ConvTranspose2d ConvTranspose3d",
        "layers.coupled_lstm": "CoupledLSTM",
        "layers.dense": "Dense",
        "layers.dropout": "Dropout",
        "layers.dropout_2012": "Dropout2012",
        "layers.embedding": "Embedding",
        "layers.flatten": "Flatten",
        "layers.global_pooling": "GlobalAvgPool GlobalMaxPool GlobalSumPool",
        "layers.group_norm": "GroupNorm InstanceNorm",
        "layers.gru": "gru",
        "layers.gru_after": "GRUAfter",
        "layers.gru_before": "GRUBefore",
        "layers.hard_activations": "HardSigmoid HardSwish",
        "layers.jordan": "Jordan",
        "layers.lateral": "Lateral",
        "layers.layer_norm": "LayerNorm RMSNorm",
        "layers.local_response_norm": "LocalResponseNorm",
        "layers.locally_connected": "LocallyConnected1d LocallyConnected2d",
        "layers.lstm": "LSTM",
        "layers.masked_dense": "MaskedDense",
        "layers.maxout": "Maxout",
        "layers.pooling": "AvgPool1d AvgPool2d AvgPool3d MaxPool1d MaxPool2d MaxPool3d SumPool1d SumPool2d",
        "layers.prelu": "PReLU",
        "layers.rnn": "RNN",
        "layers.softmax": "LogSoftmax Softmax",
        "losses.classes": "BinaryCrossEntropy CrossEntropy MultiLabel",
        "losses.counts": "PoissonNLL",
        "losses.distributions": "GaussianNLL LaplaceNLL MixtureNLL",
        "losses.focal": "Focal",
        "losses.margins": "Hinge SquaredHinge",
        "losses.nll": "NLL",
        "losses.numbers": "AbsoluteError HalfSquaredError Huber SquaredError",
    },
)  # fmt: skip
