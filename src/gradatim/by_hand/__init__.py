"""Dense networks in NumPy, their gradients derived by hand."""
