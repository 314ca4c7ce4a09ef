"""The stages of a night. Each takes the night and paths or small records, and returns small records."""
