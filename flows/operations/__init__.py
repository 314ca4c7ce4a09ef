"""What keeps the pipeline alive for years: doctor, rebuild, backup, restore, prune, drills."""
