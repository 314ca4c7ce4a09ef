-- The country in every month: the sum of its provinces when all have a figure, else what was reported.
WITH parts AS (
    SELECT period, count(*) AS parts_expected, count(coverage_pct) AS parts_with_data
    FROM marts.coverage_by_province
    GROUP BY period
)
SELECT
    figures.period, figures.as_of,
    figures.active_members, figures.working_population, figures.denominator_id, figures.numerator_id,
    figures.coverage_rate, figures.coverage_pct,
    targets.target_pct, targets.target_id,
    gap_points(targets.target_pct, figures.coverage_pct) AS gap_points,
    members_needed(targets.target_pct, figures.active_members, figures.working_population) AS members_needed,
    figures.change_12m_points, figures.figure_status, figures.obs_status,
    parts.parts_expected, parts.parts_with_data, figures.members_basis, figures.base_basis,
    -- Withheld: some parts have figures, and no total may be made of them.
    CASE WHEN figures.active_members IS NULL AND parts.parts_with_data > 0 THEN 'incomplete'
        ELSE figures.coverage_status END AS coverage_status
FROM marts.headline_coverage AS figures
JOIN parts USING (period)
LEFT JOIN marts.current_targets AS targets
    ON targets.region_code = '00' AND targets.target_year = year(figures.period)
    AND (targets.numerator_id, targets.denominator_id) = (figures.numerator_id, figures.denominator_id)
WHERE figures.region_level = 'nation'
