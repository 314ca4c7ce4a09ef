-- Workers of every regency by segment, sex and age; cells of 1 to 4 are withheld.
WITH newest AS (
    FROM staging.worker_counts
    QUALIFY as_of = max(as_of) OVER (PARTITION BY month_of(as_of), region_code)
),
cells AS (
    SELECT month_of(as_of) AS period, as_of, region_code, counted_by, segment, sex, age_group, sum(persons) AS persons
    FROM newest
    WHERE region_code IS NOT NULL
    GROUP BY ALL
)
SELECT
    period, as_of, regions.province_code_bps AS province_code, regions.province_name,
    region_code AS regency_code, regions.name_short AS regency_name, regions.kind AS regency_kind,
    counted_by, segment, sex, age_group,
    CASE WHEN persons >= 5 THEN persons END::BIGINT AS persons, persons < 5 AS is_withheld
FROM cells
JOIN reference.regions AS regions ON regions.region_code_bps = region_code
ORDER BY ALL
