-- severity: error
-- Members are more than 99.99 times the base: a count or a base is wrong, and no percent can be printed.
SELECT period || ' ' || region_code AS subject, active_members || ' / ' || working_population AS detail
FROM marts.headline_coverage
WHERE working_population > 0 AND active_members IS NOT NULL AND coverage_pct IS NULL
