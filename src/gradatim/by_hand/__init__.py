"""Networks in NumPy, their gradients derived by hand."""
