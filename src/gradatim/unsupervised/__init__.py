"""Ways of learning without targets, each a Loop."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "rbm": "ContrastiveDivergence", "gaussian": "GaussianContrastiveDivergence", "gibbs": "gibbs_samples",
    "contrast": "cd_gradient", "annealing": "annealed_log_partition", "som": "SOMTraining",
    "autoencoders": "AutoencoderTraining", "vae": "VAETraining",
    "latent": "decode encode interpolate latent_map sample",
})  # fmt: skip
