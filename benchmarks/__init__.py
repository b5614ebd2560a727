"""How fast the stores are, beside what they are built on: `python -m benchmarks` in a checkout."""
