-- en: Which printed figures differ from ours, and by how much? Our figure follows the files of the offices.
-- id: Angka tercetak mana yang berbeda dari angka kami, dan berapa selisihnya? Angka kami dari berkas kantor.
SELECT
    claim_id, region_name, as_of, segment, published_value, our_value, difference, published_members, our_members,
    members_difference, tolerance, verdict, source_title, source_url, release_id
FROM marts.published_figures
WHERE verdict IN ('differs', 'published figures contradict each other')
ORDER BY claim_id
