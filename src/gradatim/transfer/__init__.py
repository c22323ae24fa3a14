"""From one problem to another: weights of examples, shared components, fine-tuning, domains made alike."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "density_ratio": "effective_sample_size importance_weights logistic_ratio ulsif",
    "overlap": "separability",
    "mean_matching": "kernel_mean_matching",
    "component_analysis": "transfer_components transfer_features",
    "fine_tuning": "FineTuning GradualUnfreezing", "layers": "layers_of",
    "net2net": "grow",
    "adversarial": "DomainAdversarial DomainClassifier", "alignment": "DomainAlignment",
    "discrepancies": "coral_loss mmd_loss",
    "selection": "deep_embedded_validation reverse_validation",
    "strength": "strength",
    "similarity": "linear_probe_gain mmd proxy_a_distance",
}, over="strength")  # fmt: skip
