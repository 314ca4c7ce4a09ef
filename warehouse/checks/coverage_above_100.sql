-- severity: warning
-- Coverage is above 100 percent: published as it is, since members may live elsewhere than they work.
SELECT period || ' ' || region_code AS subject, region_name || ' ' || coverage_pct AS detail
FROM marts.headline_coverage
WHERE coverage_status = 'above_100'
