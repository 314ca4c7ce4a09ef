-- Why a headline figure moved since the one before: members, base, or the definition.
-- The members' part holds the base as it was; the base's part is the rest, so the two add up exactly.
WITH figures AS (
    SELECT
        *,
        lag(as_of) OVER steps AS previous_as_of,
        lag(coverage_pct) OVER steps AS previous_coverage_pct,
        lag(active_members) OVER steps AS previous_members,
        lag(working_population) OVER steps AS previous_base,
        lag(numerator_id || ' / ' || denominator_id) OVER steps AS previous_definition
    FROM marts.headline_coverage
    WHERE coverage_pct IS NOT NULL
    WINDOW steps AS (PARTITION BY region_code ORDER BY period)
),
compared AS (
    SELECT
        *,
        previous_definition = numerator_id || ' / ' || denominator_id AS is_same_definition,
        coverage_pct(active_members, previous_base) - previous_coverage_pct AS members_effect,
        coverage_pct - previous_coverage_pct AS change
    FROM figures
    WHERE previous_coverage_pct IS NOT NULL
)
SELECT
    period, as_of, region_code, region_name, region_level, previous_as_of, previous_coverage_pct, coverage_pct,
    change::DECIMAL(6, 2) AS change_points,
    CASE WHEN is_same_definition THEN members_effect::DECIMAL(6, 2) END AS members_effect_points,
    CASE WHEN is_same_definition THEN (change - members_effect)::DECIMAL(6, 2) END AS base_effect_points,
    active_members - previous_members AS members_change,
    working_population - previous_base AS base_change,
    CASE
        WHEN NOT is_same_definition THEN 'definition'
        WHEN active_members = previous_members AND working_population = previous_base THEN 'unchanged'
        WHEN working_population = previous_base THEN 'members'
        WHEN active_members = previous_members THEN 'base'
        ELSE 'members_and_base'
    END AS cause
FROM compared
