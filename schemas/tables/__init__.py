"""Pandera models of every table: what its columns are, which values they may hold."""
