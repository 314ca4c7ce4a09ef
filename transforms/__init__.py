"""How data changes: pure functions, Polars frame in, frame out."""
