"""Several networks trained on parts of the examples, whose answers are averaged."""
