-- en: Who has not reported? Newest month of each source with any report: regencies without a file for it.
-- id: Siapa yang belum melapor? Bulan terbaru setiap sumber yang ada laporannya: wilayah tanpa berkas.
SELECT source, period, province_code, province_name, regency_code, regency_name, release_id
FROM (
    SELECT *, max(CASE WHEN is_reported THEN period END) OVER (PARTITION BY source) AS newest
    FROM marts.reporting
) AS reports
WHERE period = newest AND NOT is_reported
ORDER BY source, regency_code
