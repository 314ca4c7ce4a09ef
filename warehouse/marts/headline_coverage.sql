-- The headline figure of every region and month, or the reason why there is none.
-- Definitions are tried in the order of their headline_rank; the one used stands beside the figure.
WITH places AS (
    SELECT region_code_bps AS region_code, name_short AS region_name,
        CASE WHEN kind = 'provinsi' THEN 'province' ELSE 'regency' END AS region_level
    FROM reference.regions
    UNION ALL
    SELECT '00', 'Indonesia', 'nation'
),
members AS (
    SELECT members_by_region.*
    FROM marts.members_by_region
    JOIN reference.definitions ON definition_id = numerator_id
    WHERE segment = 'TOTAL' AND headline_rank IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY period, region_code ORDER BY headline_rank) = 1
),
base AS (
    SELECT base_by_region.*
    FROM marts.base_by_region
    JOIN reference.definitions ON definition_id = denominator_id
    WHERE headline_rank IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY period, region_code ORDER BY headline_rank) = 1
),
figures AS (
    SELECT
        months.period,
        CASE WHEN members.as_of IS NULL THEN months.month_end ELSE members.as_of END AS as_of,
        places.region_code, places.region_name, places.region_level,
        members.active_members, base.workers AS working_population, base.denominator_id, members.numerator_id,
        coverage_rate(members.active_members, base.workers) AS coverage_rate,
        coverage_pct(members.active_members, base.workers) AS coverage_pct,
        months.month_end,
        base.base_round, base.base_vintage, base.rse_pct,
        members.source AS members_source, members.file_name AS members_file, base.file_name AS base_file,
        members.basis AS members_basis, base.basis AS base_basis,
        members.is_revised OR base.is_revised AS is_revised
    FROM marts.months
    CROSS JOIN places
    LEFT JOIN members USING (period, region_code)
    LEFT JOIN base USING (period, region_code)
),
with_before AS (
    SELECT
        *,
        lag(numerator_id || ' / ' || denominator_id || ' / ' || base_round) OVER (
            PARTITION BY region_code, coverage_pct IS NOT NULL ORDER BY period
        ) AS definition_before
    FROM figures
)
SELECT
    now.* EXCLUDE (definition_before),
    CASE WHEN year_ago.coverage_pct IS NOT NULL
        THEN CAST(now.coverage_pct - year_ago.coverage_pct AS DECIMAL(6, 2)) END AS change_12m_points,
    CASE
        WHEN now.coverage_pct IS NULL THEN NULL
        WHEN now.is_revised THEN 'revised'
        WHEN now.as_of < now.month_end THEN 'provisional'
        ELSE 'final'
    END AS figure_status,
    CASE
        WHEN now.coverage_pct IS NULL THEN 'O'
        WHEN now.definition_before <> now.numerator_id || ' / ' || now.denominator_id || ' / ' || now.base_round
            THEN 'B'
        WHEN now.as_of < now.month_end THEN 'P'
        ELSE 'A'
    END AS obs_status,
    CASE
        WHEN now.active_members IS NULL THEN 'no_membership'
        WHEN now.working_population IS NULL THEN 'no_survey'
        WHEN now.active_members > now.working_population THEN 'above_100'
        ELSE 'complete'
    END AS coverage_status
FROM with_before AS now
LEFT JOIN figures AS year_ago
    ON year_ago.region_code = now.region_code
    AND year_ago.period = now.period - INTERVAL 12 MONTH
    AND (year_ago.numerator_id, year_ago.denominator_id, year_ago.base_round)
        = (now.numerator_id, now.denominator_id, now.base_round)
