"""The same member work by several programs, side by side: `python -m benchmarks --help`."""
