"""A release: one immutable folder of tables with one `release_id`, and the shelf it stands on."""
