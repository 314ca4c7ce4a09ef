-- severity: error
-- A file that counts has figures of a region that the register does not know: they would be left out.
SELECT
    files.file_name || ' ' || region_code AS subject,
    count(*) || ' rows; deliver the file again, or give the code to its successor in regions.csv' AS detail
FROM (
    SELECT file_id, region_code FROM staging.membership_counts
    UNION ALL
    SELECT file_id, region_code FROM staging.bases
)
JOIN ledger.counted_files AS files USING (file_id)
WHERE region_code <> '00' AND region_code NOT IN (SELECT region_code_bps FROM reference.regions)
GROUP BY files.file_name, region_code
