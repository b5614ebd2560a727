"""How fast it is, and how well it learns, beside what it is built on: `python -m benchmarks` in a checkout."""
