-- Workers of every regency by segment, sex and age; cells of 1 to 4 are withheld.
WITH newest AS (
    SELECT region_code, max(as_of) AS as_of
    FROM staging.worker_counts
    WHERE month_of(as_of) IN (FROM months_to_build)
    GROUP BY region_code, month_of(as_of)
),
cells AS (
    SELECT month_of(as_of) AS period, as_of, region_code, counted_by, segment, sex, age_group, sum(persons) AS persons
    FROM staging.worker_counts
    JOIN newest USING (region_code, as_of)
    WHERE month_of(as_of) IN (FROM months_to_build)
    GROUP BY ALL
)
SELECT
    period, as_of, regions.province_code_bps AS province_code, regions.province_name,
    region_code AS regency_code, regions.name_short AS regency_name, regions.kind AS regency_kind,
    counted_by, segment, sex, age_group,
    CASE WHEN persons >= 5 THEN persons END::BIGINT AS persons, persons < 5 AS is_withheld
FROM cells
JOIN reference.regions AS regions ON regions.region_code_bps = region_code
