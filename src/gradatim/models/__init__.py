"""Whole networks, and the descriptions they are built from."""

from gradatim.rooms import open_room

open_room(
    __name__,
    more={"building": "build"},
    over="alexnet alexnet_tv attention_encoder_decoder autoencoder c3d char_lm conv_autoencoder "
    "conv_recurrent conv_vae "
    "densenet_cifar encoder_decoder ensemble forecaster googlenet googlenet_tv mlp music_rnn "
    "resnet_cifar sequence_classifier sequence_decoder small_cnn small_fcn stack tagger "
    "text_classifier vae word_lm word_tagger",
    made_by={"network": "gradatim.models.by_name:network_function"},
)
