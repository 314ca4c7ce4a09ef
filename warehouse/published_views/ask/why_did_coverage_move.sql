-- en: Why did coverage move since the figure before: members, base, or another definition?
-- id: Mengapa cakupan berubah sejak angka sebelumnya: peserta, penyebut, atau definisi yang berbeda?
SELECT
    region_code, region_name, region_level, previous_as_of, as_of, previous_coverage_pct, coverage_pct, change_points,
    members_effect_points, base_effect_points, members_change, base_change, cause, release_id
FROM marts.coverage_change
ORDER BY region_code, as_of
