"""From one problem to another: weights of examples, shared components, likeness of domains, adaptation."""

from gradatim.rooms import open_room

open_room(__name__, more={
    "adversarial": "DomainAdversarial DomainClassifier", "alignment": "DomainAlignment",
    "discrepancies": "coral_loss mmd_loss",
    "selection": "deep_embedded_validation reverse_validation validation_weights",
    "strength": "strength",
}, over="strength")  # fmt: skip
