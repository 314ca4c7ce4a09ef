-- severity: error
-- A regency of the register has no row, or several, in a month of the series.
SELECT
    months.period || ' ' || regions.region_code_bps AS subject,
    count(coverage.regency_code) || ' rows instead of 1' AS detail
FROM marts.months
JOIN reference.regions AS regions ON regions.kind <> 'provinsi'
LEFT JOIN marts.coverage_by_regency AS coverage
    ON (coverage.period, coverage.regency_code) = (months.period, regions.region_code_bps)
GROUP BY months.period, regions.region_code_bps
HAVING count(coverage.regency_code) <> 1
