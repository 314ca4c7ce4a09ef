-- Which regency reported for which month, through which file, and how long after the month's end.
WITH kinds AS (
    SELECT unnest(['peserta', 'rekap', 'penduduk_bekerja']) AS source
),
reports AS (
    SELECT
        'rekap' AS source, month_of(counts.as_of) AS period, counts.region_code, counts.as_of,
        files.file_name, files.delivered_at
    FROM staging.membership_counts AS counts
    JOIN ledger.counted_files AS files USING (file_id)
    UNION ALL
    -- A regency reports by rows when an office of its province delivered rows and somebody lives there.
    SELECT
        'peserta', month_of(workers.as_of), workers.region_code, workers.as_of,
        max(files.file_name), max(files.delivered_at)
    FROM (SELECT DISTINCT as_of, region_code FROM staging.worker_counts WHERE counted_by = 'residence') AS workers
    JOIN ledger.counted_files AS files
        ON files.source = 'peserta' AND files.as_of = workers.as_of
        AND (files.scope = '00' OR left(files.scope, 2) = left(workers.region_code, 2))
    GROUP BY ALL
    UNION ALL
    SELECT 'penduduk_bekerja', base_round, region_code, base_round, files.file_name, files.delivered_at
    FROM staging.bases
    JOIN ledger.counted_files AS files USING (file_id)
),
newest AS (
    FROM reports
    QUALIFY row_number() OVER (
        PARTITION BY source, period, region_code ORDER BY as_of DESC, delivered_at DESC, file_name
    ) = 1
)
SELECT
    months.period, regions.province_code_bps AS province_code, regions.province_name,
    regions.region_code_bps AS regency_code, regions.name_short AS regency_name, kinds.source,
    newest.file_name IS NOT NULL AS is_reported,
    newest.as_of AS reported_as_of, newest.file_name, newest.delivered_at,
    date_diff('day', months.month_end, newest.delivered_at::DATE) AS days_after_month_end
FROM marts.months
CROSS JOIN kinds
JOIN reference.regions AS regions ON regions.kind <> 'provinsi'
LEFT JOIN newest
    ON (newest.source, newest.period, newest.region_code)
        = (kinds.source, months.period, regions.region_code_bps)
