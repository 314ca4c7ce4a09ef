-- A province that reports its own total may have a figure while its regencies have none.
DELETE FROM staging.membership_counts WHERE len(region_code) = 4;
