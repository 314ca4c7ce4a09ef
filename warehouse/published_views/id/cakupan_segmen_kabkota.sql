-- en: Members by segment and regency in the column style of provincial data portals.
-- id: Peserta menurut segmen dan kabupaten/kota dengan gaya kolom portal Satu Data provinsi.
SELECT
    regions.province_code_bps AS kode_provinsi, regions.province_name AS nama_provinsi,
    segments.region_code AS kode_kabupaten_kota, regions.name_official AS nama_kabupaten_kota,
    segments.segment AS segmen, segments.active_members AS jumlah_peserta_aktif, 'ORANG' AS satuan,
    segments.working_population AS jumlah_penduduk_bekerja, segments.coverage_pct AS persentase_cakupan,
    year(segments.as_of) AS tahun, month(segments.as_of) AS bulan, segments.as_of AS tanggal_posisi,
    segments.numerator_id AS id_pembilang, segments.denominator_id AS id_penyebut, segments.release_id AS id_rilis
FROM marts.coverage_by_segment AS segments
JOIN marts.regions AS regions ON regions.region_code_bps = segments.region_code
WHERE segments.region_level = 'regency'
ORDER BY tanggal_posisi, kode_kabupaten_kota, segmen, id_pembilang
