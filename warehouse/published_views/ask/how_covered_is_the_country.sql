-- en: How covered is the country, month by month? Months without a figure are left out.
-- id: Berapa cakupan nasional dari bulan ke bulan? Bulan tanpa angka tidak ditampilkan.
SELECT
    as_of, active_members, working_population, coverage_pct, target_pct, gap_points, members_needed,
    numerator_id, denominator_id, figure_status, obs_status, parts_expected, parts_with_data, members_basis, release_id
FROM marts.coverage_nationwide
WHERE coverage_pct IS NOT NULL
ORDER BY as_of
