"""Layers."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry("dense", "layer", "gradatim.nn.dense:Dense", "", 0, "B1 B3",
          "Fully connected layer: y = W x + b."),
    Entry("masked_dense", "layer", "gradatim.nn.masked_dense:MaskedDense", "", 0, "B4",
          "Partially connected layer: y = (W ⊙ M) x + b, where M says which connections exist."),
    Entry("lateral", "layer", "gradatim.nn.lateral:Lateral",
          "Hartline & Ratliff, Spatial summation of inhibitory influences in the eye of Limulus", 1958, "B4",
          "Connections within a layer: h ← x + V h, settled for a few steps."),
    Entry("dropout", "layer", "gradatim.nn.dropout:Dropout",
          "Hinton et al., Improving neural networks by preventing co-adaptation of feature detectors", 2012,
          "B12", "Drops each element with probability p while training and scales the rest by 1/(1−p)."),
    Entry("flatten", "layer", "gradatim.nn.flatten:Flatten", "", 0, "B1",
          "Every example as one vector."),
    Entry("local_response_norm", "layer", "gradatim.nn.local_response_norm:LocalResponseNorm",
          "Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks",
          2012, "D10", "A channel divided by (k + α Σ a²)^β over its neighbours."),
    Entry("prelu", "layer", "gradatim.nn.prelu:PReLU",
          "He et al., Delving deep into rectifiers", 2015, "B2",
          "Leaky ReLU whose negative slope is learned."),
)  # fmt: skip
