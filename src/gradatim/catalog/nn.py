"""Layers."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry("dense", "layer", "gradatim.nn.dense:Dense", "", 0, "B1 B3",
          "Fully connected layer: y = W x + b."),
    Entry("dropout", "layer", "gradatim.nn.dropout:Dropout",
          "Hinton et al., Improving neural networks by preventing co-adaptation of feature detectors", 2012,
          "B12", "Drops each element with probability p while training and scales the rest by 1/(1−p)."),
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
    Entry("prelu", "layer", "gradatim.nn.prelu:PReLU",
          "He et al., Delving deep into rectifiers", 2015, "B2",
          "Leaky ReLU whose negative slope is learned."),
    Entry("pyramid", "layer", "gradatim.nn.pyramid:Pyramid",
          "Chan et al., Listen, attend and spell", 2016, "E7",
          "Bidirectional layers, each over half as many steps as the one below."),
    Entry("rnn", "layer", "gradatim.nn.rnn:RNN", "Elman, Finding structure in time", 1990, "E1 E2 E4 E7",
          "Recurrent network: h = tanh(W x + U h + b), the same function at every step."),
)  # fmt: skip
