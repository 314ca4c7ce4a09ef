-- Two regencies have a newer round; the province's sum stands on the last complete one.
INSERT INTO staging.bases
SELECT * REPLACE ('2024-12-01'::DATE AS base_round, workers + 10 AS workers)
FROM staging.bases
WHERE region_code IN ('1101', '1102');
