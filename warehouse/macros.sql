-- The formula of coverage, once. It travels in the published database.
-- Integers only until the last step: DuckDB, Polars, Python and JavaScript round decimals differently.
CREATE OR REPLACE MACRO coverage_rate(members, base) AS
    CASE WHEN base > 0 THEN members::DOUBLE / base END;

-- Percent with two decimals, rounded half up: floor(members * 10000 / base + 1/2) hundredths.
-- Null above 9999.99; the check coverage_beyond_reason stops the night then.
CREATE OR REPLACE MACRO coverage_pct(members, base) AS
    CASE WHEN base > 0 THEN
        TRY_CAST(
            (((members::HUGEINT * 20000 + base) // (2 * base))::DECIMAL(38, 0) * 0.01::DECIMAL(3, 2))
            AS DECIMAL(6, 2))
    END;

-- Points still missing to the target; negative when it is passed.
CREATE OR REPLACE MACRO gap_points(target_pct, pct) AS
    CAST(target_pct - pct AS DECIMAL(6, 2));

-- Members still needed: ceil(target × base) - members, at least 0. Null when one of the three is missing:
-- greatest() alone would skip the null and say that nobody is needed.
CREATE OR REPLACE MACRO members_needed(target_pct, members, base) AS
    CASE WHEN target_pct IS NOT NULL AND members IS NOT NULL AND base IS NOT NULL THEN
        greatest(0, (((target_pct * 100)::HUGEINT * base + 9999) // 10000 - members))::BIGINT
    END;

CREATE OR REPLACE MACRO month_of(day) AS date_trunc('month', day)::DATE;
