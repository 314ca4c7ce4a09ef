"""Drills: every failure that is prepared for, planted on a scratch data root, and the defence shown."""
