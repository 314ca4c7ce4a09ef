region_code = '1101' AND coverage_pct IS NOT NULL
