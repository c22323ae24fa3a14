"""Small sets of points to learn from first: drawn by their equation, whatever their number."""
