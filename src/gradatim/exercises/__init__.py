"""Exercises: every worked example as a fresh problem, its answers checked, the trace as the solution."""
