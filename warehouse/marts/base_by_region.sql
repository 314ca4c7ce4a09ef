-- The base of every region and month: the newest survey round that is not later than the month.
-- A region above is the sum of its parts when the round has every part; a newer reported total wins.
WITH delivered AS (
    SELECT
        base_round, region_code, region_level, denominator_id, workers, formal_workers, informal_workers,
        rse_pct, files.delivered_at::DATE AS base_vintage, files.file_name, files.is_revised
    FROM staging.bases
    JOIN ledger.counted_files AS files USING (file_id)
),
parents AS (
    SELECT region_code_bps AS part_code, province_code_bps AS province_code,
        count(*) OVER (PARTITION BY province_code_bps) AS parts_expected
    FROM reference.regions WHERE kind <> 'provinsi'
),
provinces AS (
    SELECT
        base_round, province_code AS region_code, 'province' AS region_level, denominator_id,
        sum(workers) AS workers,
        CASE WHEN count(formal_workers) = count(*) THEN sum(formal_workers) END AS formal_workers,
        CASE WHEN count(informal_workers) = count(*) THEN sum(informal_workers) END AS informal_workers,
        NULL::DOUBLE AS rse_pct, max(base_vintage) AS base_vintage,
        string_agg(DISTINCT file_name, ', ' ORDER BY file_name) AS file_name, bool_or(is_revised) AS is_revised
    FROM delivered
    JOIN parents ON part_code = region_code
    GROUP BY base_round, province_code, denominator_id
    HAVING count(DISTINCT part_code) = any_value(parts_expected)
),
nation AS (
    SELECT
        base_round, '00' AS region_code, 'nation' AS region_level, denominator_id, sum(workers) AS workers,
        CASE WHEN count(formal_workers) = count(*) THEN sum(formal_workers) END AS formal_workers,
        CASE WHEN count(informal_workers) = count(*) THEN sum(informal_workers) END AS informal_workers,
        NULL::DOUBLE AS rse_pct, max(base_vintage) AS base_vintage,
        count(*) || ' provinces' AS file_name, bool_or(is_revised) AS is_revised
    FROM (
        FROM provinces
        UNION ALL
        FROM delivered WHERE region_level = 'province' AND NOT EXISTS (
            FROM provinces
            WHERE (provinces.base_round, provinces.region_code, provinces.denominator_id)
                = (delivered.base_round, delivered.region_code, delivered.denominator_id)
        )
    )
    GROUP BY base_round, denominator_id
    HAVING count(DISTINCT region_code) = (SELECT count(*) FROM reference.regions WHERE kind = 'provinsi')
),
summed AS (
    FROM provinces
    UNION ALL
    FROM nation
),
rounds AS (
    SELECT
        summed.* REPLACE (
            -- Parts of the base that were reported for the whole only, when both totals are the same number.
            CASE WHEN summed.formal_workers IS NULL AND whole.workers = summed.workers
                THEN whole.formal_workers ELSE summed.formal_workers END AS formal_workers,
            CASE WHEN summed.informal_workers IS NULL AND whole.workers = summed.workers
                THEN whole.informal_workers ELSE summed.informal_workers END AS informal_workers,
            CASE WHEN whole.workers = summed.workers THEN whole.rse_pct END AS rse_pct
        ),
        'sum_of_parts' AS basis
    FROM summed
    LEFT JOIN delivered AS whole USING (base_round, region_code, denominator_id)
    UNION ALL
    SELECT delivered.*, 'reported_total' AS basis
    FROM delivered
    WHERE NOT EXISTS (
        FROM summed
        WHERE (summed.base_round, summed.region_code, summed.denominator_id)
            = (delivered.base_round, delivered.region_code, delivered.denominator_id)
    )
)
SELECT
    months.period, region_code, region_level, denominator_id, workers::BIGINT AS workers,
    formal_workers::BIGINT AS formal_workers, informal_workers::BIGINT AS informal_workers, rse_pct,
    base_round, base_vintage, basis, file_name, is_revised
FROM marts.months
JOIN rounds ON rounds.base_round <= months.period
QUALIFY base_round = max(base_round) OVER (PARTITION BY months.period, region_code, denominator_id)
