-- Where members live and where they work; cells of 1 to 4 are withheld.
WITH newest AS (
    SELECT region_code, max(as_of) AS as_of
    FROM staging.work_flows
    WHERE month_of(as_of) IN (FROM months_to_build)
    GROUP BY region_code, month_of(as_of)
)
SELECT
    month_of(as_of) AS period, as_of, home.province_code_bps AS province_code, home.province_name,
    region_code AS regency_code, home.name_short AS regency_name, home.kind AS regency_kind,
    workplace_code, work.name_short AS workplace_name,
    CASE WHEN persons >= 5 THEN persons END AS persons, persons < 5 AS is_withheld
FROM staging.work_flows
JOIN newest USING (region_code, as_of)
JOIN reference.regions AS home ON home.region_code_bps = region_code
LEFT JOIN reference.regions AS work ON work.region_code_bps = workplace_code
WHERE month_of(as_of) IN (FROM months_to_build)
