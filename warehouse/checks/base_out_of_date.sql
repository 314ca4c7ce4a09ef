-- severity: warning
-- The base of a figure is more than 24 months older than the figure.
SELECT period || ' ' || region_code AS subject, region_name || ', base of ' || base_round AS detail
FROM marts.headline_coverage
WHERE coverage_pct IS NOT NULL AND base_round < period - INTERVAL 24 MONTH
