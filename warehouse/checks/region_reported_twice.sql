-- severity: error
-- One region, segment and definition is reported by two files for the same day: it would count twice.
SELECT
    counts.as_of || ' ' || region_code || ' ' || segment || ' ' || numerator_id AS subject,
    string_agg(files.file_name, ', ' ORDER BY files.file_name) AS detail
FROM staging.membership_counts AS counts
JOIN ledger.counted_files AS files USING (file_id)
GROUP BY counts.as_of, region_code, segment, numerator_id
HAVING count(*) > 1
UNION ALL
SELECT
    base_round || ' ' || region_code || ' ' || denominator_id,
    string_agg(files.file_name, ', ' ORDER BY files.file_name)
FROM staging.bases
JOIN ledger.counted_files AS files USING (file_id)
GROUP BY base_round, region_code, denominator_id
HAVING count(*) > 1
