"""Whole networks, and the descriptions they are built from."""

from gradatim.rooms import open_room

open_room(
    __name__,
    more={"building": "build"},
    over="alexnet alexnet_tv attention_encoder_decoder autoencoder c3d char_lm clip_captioner "
    "conv_autoencoder conv_recurrent conv_vae cross_stitch ctc densenet_cifar encoder_decoder ensemble "
    "forecaster frame_cnn googlenet googlenet_tv listen_attend_spell lrcn lrcn_captioner mlp music_rnn "
    "resnet9 resnet_cifar sequence_classifier sequence_decoder shared_trunk show_and_tell "
    "show_attend_and_tell skip_gram small_c3d small_cnn small_detector small_fcn small_localiser "
    "soft_sharing sound_classifier stack tagger text_classifier transformer transformer_lm unet vae "
    "wide_deep word_lm word_tagger",
    made_by={"network": "gradatim.models.by_name:network_function"},
)
