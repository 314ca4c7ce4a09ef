"""The press note: sentences as officials say them, written from published rows and read back again."""
