"""Whole networks, and the descriptions they are built from."""

from gradatim.rooms import open_room

open_room(
    __name__,
    more={"building": "build"},
    over="alexnet alexnet_tv autoencoder c3d char_lm conv_autoencoder densenet_cifar ensemble forecaster "
    "googlenet googlenet_tv mlp resnet_cifar sequence_classifier small_cnn small_fcn stack tagger vae",
    made_by={"network": "gradatim.models.by_name:network_function"},
)
