"""Updates as torch optimizers."""
