-- en: Coverage by province in the column style of provincial data portals, ready to be exported.
-- id: Cakupan menurut provinsi dengan gaya kolom portal Satu Data provinsi, siap diekspor.
SELECT
    province_code AS kode_provinsi, province_name AS nama_provinsi,
    active_members AS jumlah_peserta_aktif, working_population AS jumlah_penduduk_bekerja,
    coverage_pct AS persentase_cakupan, 'PERSEN' AS satuan,
    year(as_of) AS tahun, month(as_of) AS bulan, as_of AS tanggal_posisi,
    numerator_id AS id_pembilang, denominator_id AS id_penyebut,
    figure_status AS status_angka, obs_status AS status_pengamatan, coverage_status AS status_cakupan,
    release_id AS id_rilis
FROM marts.coverage_by_province
ORDER BY tanggal_posisi, kode_provinsi
