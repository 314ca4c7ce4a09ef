-- en: Which regions have several target statements for one year that say different percentages?
-- id: Wilayah mana memiliki beberapa pernyataan target untuk satu tahun dengan persentase yang berbeda?
SELECT region_code, year, target_id, target_pct, set_by, is_current, numerator_id, denominator_id, source_url, release_id
FROM marts.targets
WHERE target_pct IS NOT NULL
WINDOW statements AS (PARTITION BY region_code, year)
QUALIFY min(target_pct) OVER statements <> max(target_pct) OVER statements
ORDER BY region_code, year, target_id
