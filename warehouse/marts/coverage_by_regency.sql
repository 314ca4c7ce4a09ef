-- Every regency of the register in every month; a missing number is null with a status.
SELECT
    figures.period, figures.as_of,
    regions.province_code_bps AS province_code, regions.province_name,
    figures.region_code AS regency_code, regions.name_short AS regency_name, regions.kind AS regency_kind,
    figures.active_members, figures.working_population, figures.denominator_id, figures.numerator_id,
    figures.coverage_rate, figures.coverage_pct,
    targets.target_pct, targets.target_id,
    gap_points(targets.target_pct, figures.coverage_pct) AS gap_points,
    members_needed(targets.target_pct, figures.active_members, figures.working_population) AS members_needed,
    -- Equal published values share the smaller rank; only figures of one definition are ranked together.
    CASE WHEN figures.coverage_pct IS NOT NULL THEN rank() OVER (
        PARTITION BY figures.period, regions.province_code_bps, figures.numerator_id, figures.denominator_id,
            figures.coverage_pct IS NOT NULL
        ORDER BY figures.coverage_pct DESC
    ) END AS rank_in_province,
    figures.change_12m_points, figures.figure_status, figures.obs_status, figures.coverage_status
FROM marts.headline_coverage AS figures
JOIN reference.regions AS regions ON regions.region_code_bps = figures.region_code
LEFT JOIN marts.current_targets AS targets
    ON targets.region_code = figures.region_code AND targets.target_year = year(figures.period)
    AND (targets.numerator_id, targets.denominator_id) = (figures.numerator_id, figures.denominator_id)
WHERE figures.region_level = 'regency'
