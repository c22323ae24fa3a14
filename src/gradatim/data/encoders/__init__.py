"""From examples as they were read to what a network sees: fitted on training examples, stored as numbers."""
