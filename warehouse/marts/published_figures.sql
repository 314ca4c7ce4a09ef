-- Printed statements beside their own arithmetic and beside our figure of the same region and day.
WITH ours AS (
    SELECT region_code, as_of, 'TOTAL' AS segment, active_members, coverage_rate, coverage_pct
    FROM marts.headline_coverage
    WHERE active_members IS NOT NULL
    UNION ALL
    SELECT region_code, as_of, segment, active_members, coverage_rate, coverage_pct
    FROM marts.coverage_by_segment
    JOIN reference.definitions ON definition_id = numerator_id
    WHERE headline_rank IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY region_code, as_of, segment ORDER BY headline_rank, coverage_pct NULLS LAST
    ) = 1
)
SELECT
    claims.claim_id, claims.region_code, claims.region_name, claims.as_of, claims.measure, claims.segment,
    claims.published_value,
    claims.participants AS published_members,
    claims.denominator AS published_base,
    verdicts.computed_pct, verdicts.arithmetic,
    ours.coverage_pct AS our_value,
    ours.active_members AS our_members,
    CAST(claims.published_value::DECIMAL(9, 2) - ours.coverage_pct AS DECIMAL(9, 2)) AS difference,
    claims.participants - ours.active_members AS members_difference,
    verdicts.tolerance,
    CASE
        WHEN verdicts.arithmetic = 'impossible' THEN 'impossible'
        WHEN verdicts.arithmetic = 'does_not_tie' THEN 'published figures contradict each other'
        WHEN ours.coverage_pct IS NULL OR claims.published_value IS NULL THEN 'not compared'
        -- The unrounded figure decides; 1e-9 is far below any printed digit and above binary noise.
        WHEN abs(claims.published_value::DOUBLE - 100 * ours.coverage_rate) <= verdicts.tolerance + 1e-9 THEN 'ties'
        ELSE 'differs'
    END AS verdict,
    verdicts.explanation_en, verdicts.explanation_id, claims.source_title, claims.source_url, claims.note
FROM reference.published_figures AS claims
JOIN staging.claim_verdicts AS verdicts USING (claim_id)
LEFT JOIN ours
    ON claims.measure = 'coverage'
    AND (ours.region_code, ours.as_of, ours.segment) = (claims.region_code, claims.as_of, claims.segment)
