-- severity: error
-- A percentage stands without its numerator, its denominator or their definitions, or is not their ratio.
SELECT period || ' ' || region_code AS subject, 'coverage_pct ' || coverage_pct AS detail
FROM marts.headline_coverage
WHERE coverage_pct IS NOT NULL
    AND (active_members IS NULL OR working_population IS NULL OR numerator_id IS NULL OR denominator_id IS NULL
        OR abs(coverage_pct - 100.0 * active_members / working_population) > 0.005001)
