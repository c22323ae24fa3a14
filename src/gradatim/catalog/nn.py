"""Layers."""

from gradatim.catalog.entry import Entry

LECUN = "LeCun et al., Backpropagation applied to handwritten zip code recognition"
MAXIMA = "Zhou & Chellappa, Computation of optical flow using a neural network"


def _pooling(name: str, sentence: str, paper: str = "", year: int = 0) -> Entry:
    words = name.removesuffix("1d").removesuffix("2d").removesuffix("3d").split("_")
    attribute = "".join(word.capitalize() for word in words) + name[len("_".join(words)) :]
    return Entry(name, "layer", f"gradatim.nn.pooling:{attribute}", paper, year, "D7", sentence)


ENTRIES = (
    Entry("dense", "layer", "gradatim.nn.dense:Dense", "", 0, "B1 B3",
          "Fully connected layer: y = W x + b."),
    Entry("masked_dense", "layer", "gradatim.nn.masked_dense:MaskedDense", "", 0, "B4",
          "Partially connected layer: y = (W ⊙ M) x + b, where M says which connections exist."),
    Entry("embedding", "layer", "gradatim.nn.embedding:Embedding",
          "Guo & Berkhahn, Entity embeddings of categorical variables", 2016, "B1",
          "Each category of a table as a learned vector."),
    Entry("lateral", "layer", "gradatim.nn.lateral:Lateral",
          "Hartline & Ratliff, Spatial summation of inhibitory influences in the eye of Limulus", 1958, "B4",
          "Connections within a layer: h ← x + V h, settled for a few steps."),
    Entry("dropout", "layer", "gradatim.nn.dropout:Dropout",
          "Hinton et al., Improving neural networks by preventing co-adaptation of feature detectors", 2012,
          "B12", "Drops each element with probability p while training and scales the rest by 1/(1−p)."),
    Entry("dropout_2012", "layer", "gradatim.nn.dropout_2012:Dropout2012",
          "Hinton et al., Improving neural networks by preventing co-adaptation of feature detectors", 2012,
          "B12", "Dropout as first published: nothing is scaled while training, all by 1 − p at test."),
    Entry("flatten", "layer", "gradatim.nn.flatten:Flatten", "", 0, "B1",
          "Every example as one vector."),
    Entry("gru", "layer", "gradatim.nn.gru:GRU",
          "Cho et al., Learning phrase representations using RNN encoder–decoder", 2014, "E6",
          "Gated recurrent unit, with the reset before the product (the course) or after it (torch)."),
    Entry("layer_norm_lstm", "layer", "gradatim.nn.layer_norm_lstm:LayerNormLSTM",
          "Ba, Kiros & Hinton, Layer normalization", 2016, "E5",
          "LSTM whose products and memory are normalised over the units."),
    Entry("lstm", "layer", "gradatim.nn.lstm:LSTM",
          "Hochreiter & Schmidhuber, Long short-term memory", 1997, "E5 E7 E16",
          "Long short-term memory: gates write, keep and read a memory; also with a projection."),
    Entry("peephole_lstm", "layer", "gradatim.nn.peephole_lstm:PeepholeLSTM",
          "Gers, Schraudolph & Schmidhuber, Learning precise timing with LSTM recurrent networks", 2002, "E5",
          "LSTM whose gates see the memory."),
    Entry("local_response_norm", "layer", "gradatim.nn.local_response_norm:LocalResponseNorm",
          "Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks",
          2012, "D10", "A channel divided by (k + α Σ a²)^β over its neighbours."),
    Entry("prelu", "layer", "gradatim.nn.prelu:PReLU",
          "He et al., Delving deep into rectifiers", 2015, "B2",
          "Leaky ReLU whose negative slope is learned."),
    Entry("conv1d", "layer", "gradatim.nn.conv:Conv1d", "", 0, "D5 D6",
          "Convolution over one axis: shared weights that see a window each."),
    Entry("conv2d", "layer", "gradatim.nn.conv:Conv2d", LECUN, 1989, "D1 D5 D6 D8",
          "Convolution: at every place the same small kernel, summed over channels."),
    Entry("conv3d", "layer", "gradatim.nn.conv:Conv3d",
          "Ji, Xu, Yang & Yu, 3D convolutional neural networks for human action recognition", 2010, "D5 D20",
          "Convolution over depth or time, height and width."),
    Entry("locally_connected1d", "layer", "gradatim.nn.locally_connected:LocallyConnected1d", "", 0, "D9",
          "Windows along one axis, each with weights of its own."),
    Entry("locally_connected2d", "layer", "gradatim.nn.locally_connected:LocallyConnected2d",
          "LeCun, Generalization and network design strategies", 1989, "D9",
          "Between dense and convolutional: windows whose kernels are not shared."),
    Entry("batch_norm", "layer", "gradatim.nn.batch_norm:BatchNorm",
          "Ioffe & Szegedy, Batch normalization: accelerating deep network training", 2015, "D10",
          "Each channel with mean 0 and variance 1 over the batch, then scaled and shifted as learned."),
    _pooling("max_pool1d", "The largest number of each window along one axis."),
    _pooling("max_pool2d", "The largest number of each window of a picture.", MAXIMA, 1988),
    _pooling("max_pool3d", "The largest number of each window of a clip or volume."),
    _pooling("avg_pool1d", "The mean of each window along one axis."),
    _pooling("avg_pool2d", "The mean of each window of a picture.", LECUN, 1989),
    _pooling("avg_pool3d", "The mean of each window of a clip or volume."),
    _pooling("sum_pool1d", "The sum of each window along one axis."),
    _pooling("sum_pool2d", "The sum of each window of a picture."),
    _pooling("global_avg_pool", "The mean of each channel over all of a picture.",
             "Lin, Chen & Yan, Network in network", 2014),
    _pooling("global_max_pool", "The largest number of each channel over all of a picture."),
    _pooling("global_sum_pool", "The sum of each channel over all of a picture."),
    Entry("pyramid", "layer", "gradatim.nn.pyramid:Pyramid",
          "Chan et al., Listen, attend and spell", 2016, "E7",
          "Bidirectional layers, each over half as many steps as the one below."),
    Entry("rnn", "layer", "gradatim.nn.rnn:RNN", "Elman, Finding structure in time", 1990, "E1 E2 E4 E7",
          "Recurrent network: h = tanh(W x + U h + b), the same function at every step."),
)  # fmt: skip
