-- en: Regions in force with both code systems, in Indonesian column names.
-- id: Wilayah yang berlaku dengan kedua sistem kode.
SELECT
    province_code_bps AS kode_provinsi, province_name AS nama_provinsi, region_code_bps AS kode_bps,
    region_code_kemendagri AS kode_kemendagri, name_official AS nama_wilayah, kind AS jenis_wilayah,
    release_id AS id_rilis
FROM marts.regions
ORDER BY kode_bps
