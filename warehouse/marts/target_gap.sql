-- Every figure against every target statement of its year and definition, contradicting ones included.
SELECT
    figures.period, figures.as_of, figures.region_code, figures.region_name, figures.region_level,
    targets.target_id, targets.year AS target_year, targets.is_current, targets.set_by,
    figures.coverage_pct, targets.target_pct,
    gap_points(targets.target_pct, figures.coverage_pct) AS gap_points,
    figures.active_members, figures.working_population,
    members_needed(targets.target_pct, figures.active_members, figures.working_population) AS members_needed
FROM marts.headline_coverage AS figures
JOIN reference.targets AS targets
    ON targets.region_code = figures.region_code AND targets.year = year(figures.period)
    AND (targets.numerator_id, targets.denominator_id) = (figures.numerator_id, figures.denominator_id)
WHERE figures.coverage_pct IS NOT NULL AND targets.target_pct IS NOT NULL
