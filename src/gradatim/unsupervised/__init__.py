"""Ways of learning without targets, each a Loop."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "rbm": "ContrastiveDivergence", "gaussian": "GaussianContrastiveDivergence", "gibbs": "gibbs_samples",
    "contrast": "cd_gradient", "annealing": "annealed_log_partition", "som": "SOMTraining",
    "kmeans_codes": "kmeans_centres", "sparse_codes": "sparse_dictionary",
    "pretraining": "Pretraining", "dbn_to_mlp": "dbn_to_mlp",
    "deep_belief": "DeepBelief samples_of_class", "up_down": "UpDown up_down_gradients",
    "autoencoders": "AutoencoderTraining",
    "autoencoder_pretraining": "AutoencoderPretraining", "vae": "VAETraining",
    "latent": "decode encode interpolate latent_map sample",
}, over="dbn_to_mlp")  # fmt: skip
