-- severity: warning
-- A base has a relative standard error above 25 percent: to be used with care, above 50 not at all (BPS).
SELECT base_round || ' ' || region_code AS subject, 'RSE ' || rse_pct AS detail
FROM staging.bases
WHERE rse_pct > 25
