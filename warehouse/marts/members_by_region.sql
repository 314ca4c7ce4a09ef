-- Members of every region and month, at the last day of the month that was reported.
-- A region above is the sum of its parts when every part has a figure, otherwise what was reported for it.
WITH counted_by_offices AS (
    SELECT
        month_of(counts.as_of) AS period, counts.as_of, region_code, region_level, numerator_id, segment,
        active_members, files.source, files.file_name, files.is_revised
    FROM staging.membership_counts AS counts
    JOIN ledger.counted_files AS files USING (file_id)
    WHERE month_of(counts.as_of) IN (FROM months_to_build)
),
-- Offices that deliver member rows cover their province. Members who live elsewhere are in the rows too,
-- but their own province is not complete through them.
covered AS (
    SELECT
        as_of, CASE WHEN scope = '00' THEN NULL ELSE left(scope, 2) END AS province_code,
        count(*) || ' peserta file(s)' AS file_name, bool_or(is_revised) AS is_revised
    FROM ledger.counted_files
    WHERE source = 'peserta'
    GROUP BY ALL
),
by_segment AS (
    SELECT
        as_of, region_code, segment, sum(persons) AS active_members,
        CASE counted_by
            WHEN 'residence' THEN 'workers_residence'
            WHEN 'workplace' THEN 'workers_workplace'
            ELSE 'memberships_residence'
        END AS numerator_id
    FROM staging.worker_counts
    WHERE region_code IS NOT NULL AND month_of(as_of) IN (FROM months_to_build)
    GROUP BY ALL
),
counted_from_rows AS (
    SELECT as_of, region_code, numerator_id, segment, sum(active_members)::BIGINT AS active_members
    FROM (
        FROM by_segment
        UNION ALL BY NAME
        SELECT as_of, region_code, 'TOTAL' AS segment, active_members, numerator_id FROM by_segment
        UNION ALL BY NAME
        -- Without the persons that are only JAKON or PMI.
        SELECT as_of, region_code, 'TOTAL' AS segment, persons AS active_members,
            'workers_residence_pu_bpu' AS numerator_id
        FROM staging.segment_overlap
        WHERE region_code IS NOT NULL AND month_of(as_of) IN (FROM months_to_build)
            AND list_has_any(string_split(segments, '+'), ['PU', 'BPU'])
    )
    GROUP BY ALL
),
from_rows AS (
    SELECT
        month_of(counts.as_of) AS period, counts.as_of, counts.region_code, 'regency' AS region_level,
        counts.numerator_id, counts.segment, counts.active_members, 'peserta' AS source,
        any_value(covered.file_name) AS file_name, bool_or(covered.is_revised) AS is_revised
    FROM counted_from_rows AS counts
    JOIN covered
        ON covered.as_of = counts.as_of
        AND (covered.province_code IS NULL OR covered.province_code = left(counts.region_code, 2))
    -- A regency whose office counts for itself holds no complete rows: its own count stands.
    WHERE NOT EXISTS (
        FROM counted_by_offices AS office
        WHERE office.region_code = counts.region_code AND office.period = month_of(counts.as_of)
    )
    GROUP BY ALL
),
delivered AS (
    SELECT *
    FROM (FROM counted_by_offices UNION ALL BY NAME FROM from_rows)
    QUALIFY as_of = max(as_of) OVER (PARTITION BY period, region_code, numerator_id)
),
per_region AS (
    SELECT
        period, max(as_of) AS as_of, region_code, any_value(region_level) AS region_level, numerator_id,
        sum(active_members) FILTER (segment = 'TOTAL') AS total,
        sum(active_members) FILTER (segment IN ('PU', 'BPU')) AS pu_and_bpu,
        sum(active_members) FILTER (segment <> 'TOTAL') AS all_parts,
        count(DISTINCT segment) FILTER (segment IN ('PU', 'BPU')) = 2 AS has_pu_and_bpu,
        count(*) FILTER (segment IN ('JAKON', 'PMI')) > 0 AS has_others,
        string_agg(DISTINCT source, ', ' ORDER BY source) AS source,
        string_agg(DISTINCT file_name, ', ' ORDER BY file_name) AS file_name,
        bool_or(is_revised) AS is_revised
    FROM delivered
    GROUP BY period, region_code, numerator_id
),
reported AS (
    SELECT
        period, as_of, region_code, region_level, numerator_id, segment, active_members, source, file_name,
        is_revised
    FROM delivered
    WHERE segment <> 'TOTAL'
    UNION ALL
    -- The total of a numerator: as reported, or all its parts when PU and BPU and a further segment are there,
    -- or when PU and BPU are all that the numerator counts.
    SELECT
        period, as_of, region_code, region_level, numerator_id, 'TOTAL',
        CASE WHEN total IS NOT NULL THEN total ELSE all_parts END, source, file_name, is_revised
    FROM per_region
    WHERE total IS NOT NULL
        OR (has_pu_and_bpu AND (has_others OR numerator_id = 'workers_residence_pu_bpu'))
    UNION ALL
    -- Offices that report PU and BPU and nothing else give another numerator, not an understated headline. Where
    -- there are others, PU + BPU is no count of persons: somebody in JAKON and BPU stands under JAKON.
    SELECT
        period, as_of, region_code, region_level, 'workers_residence_pu_bpu', 'TOTAL', pu_and_bpu, source,
        file_name, is_revised
    FROM per_region
    WHERE numerator_id = 'workers_residence' AND has_pu_and_bpu AND NOT has_others
        AND NOT EXISTS (
            FROM per_region AS stated
            WHERE stated.numerator_id = 'workers_residence_pu_bpu'
                AND (stated.total IS NOT NULL OR stated.has_pu_and_bpu)
                AND stated.period = per_region.period AND stated.region_code = per_region.region_code
        )
),
provinces AS (
    SELECT
        period, max(reported.as_of) AS as_of, regions.province_code_bps AS region_code,
        'province' AS region_level, numerator_id, segment, sum(active_members) AS active_members,
        string_agg(DISTINCT source, ', ' ORDER BY source) AS source,
        string_agg(DISTINCT file_name, ', ' ORDER BY file_name) AS file_name, bool_or(is_revised) AS is_revised
    FROM reported
    JOIN reference.regions AS regions ON regions.region_code_bps = reported.region_code
    WHERE region_level = 'regency'
    GROUP BY period, regions.province_code_bps, numerator_id, segment
    HAVING count(DISTINCT reported.region_code) = (
        SELECT count(*) FROM reference.regions AS parts
        WHERE parts.kind <> 'provinsi' AND parts.province_code_bps = regions.province_code_bps
    )
),
up_to_provinces AS (
    SELECT *, 'sum_of_parts' AS basis FROM provinces
    UNION ALL
    SELECT *, 'reported_total' AS basis FROM reported
    WHERE NOT EXISTS (
        FROM provinces
        WHERE (provinces.period, provinces.region_code, provinces.numerator_id, provinces.segment)
            = (reported.period, reported.region_code, reported.numerator_id, reported.segment)
    )
),
nation AS (
    SELECT
        period, max(as_of) AS as_of, '00' AS region_code, 'nation' AS region_level, numerator_id, segment,
        sum(active_members) AS active_members, string_agg(DISTINCT source, ', ' ORDER BY source) AS source,
        count(DISTINCT region_code) || ' provinces' AS file_name, bool_or(is_revised) AS is_revised,
        'sum_of_parts' AS basis
    FROM up_to_provinces
    WHERE region_level = 'province'
    GROUP BY period, numerator_id, segment
    HAVING count(DISTINCT region_code) = (SELECT count(*) FROM reference.regions WHERE kind = 'provinsi')
),
every_level AS (
    FROM nation
    UNION ALL BY NAME
    FROM up_to_provinces
    WHERE NOT EXISTS (
        FROM nation
        WHERE (nation.period, nation.region_code, nation.numerator_id, nation.segment)
            = (up_to_provinces.period, up_to_provinces.region_code, up_to_provinces.numerator_id,
               up_to_provinces.segment)
    )
)
SELECT
    period, as_of, region_code,
    CASE WHEN region_code = '00' THEN 'Indonesia' ELSE regions.name_short END AS region_name,
    region_level, numerator_id, segment, active_members::BIGINT AS active_members, basis, source, file_name,
    is_revised
FROM every_level
LEFT JOIN reference.regions AS regions ON regions.region_code_bps = every_level.region_code
WHERE region_code = '00' OR regions.region_code_bps IS NOT NULL  -- the rest: check region_not_in_register
