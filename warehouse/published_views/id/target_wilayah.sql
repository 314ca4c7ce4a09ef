-- en: Target statements with their source, in Indonesian column names; people where no percent is set.
-- id: Pernyataan target beserta sumbernya; jumlah orang bila persentase tidak ditetapkan.
SELECT
    targets.region_code AS kode_wilayah, coalesce(regions.name_official, 'Indonesia') AS nama_wilayah,
    targets.year AS tahun, targets.target_pct AS target_persen, targets.target_people AS target_orang,
    targets.set_by AS ditetapkan_oleh, targets.is_current AS berlaku, targets.numerator_id AS id_pembilang,
    targets.denominator_id AS id_penyebut, targets.source_url AS alamat_sumber, targets.release_id AS id_rilis
FROM marts.targets AS targets
LEFT JOIN marts.regions AS regions ON regions.region_code_bps = targets.region_code
ORDER BY kode_wilayah, tahun, targets.target_id
