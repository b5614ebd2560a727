"""Grading: what rules say of customers, kept with its evidence, and tested against the past."""
