"""Where data lives: landing, Parquet, DuckDB, SQL and release files."""
