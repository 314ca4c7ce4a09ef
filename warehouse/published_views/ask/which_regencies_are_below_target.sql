-- en: Which regencies are below their target, by how much and by how many people? Newest month of each.
-- id: Kabupaten/kota mana di bawah target, kurang berapa poin dan berapa orang? Bulan terbaru masing-masing.
SELECT
    province_name, regency_code, regency_kind, regency_name, as_of, coverage_pct, target_pct, target_id, gap_points,
    members_needed, active_members, working_population, numerator_id, denominator_id, release_id
FROM (
    SELECT *
    FROM marts.coverage_by_regency
    WHERE coverage_pct IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY regency_code ORDER BY period DESC) = 1
) AS newest
-- A regency without a target is neither below nor above one.
WHERE gap_points > 0
ORDER BY gap_points DESC, regency_code
