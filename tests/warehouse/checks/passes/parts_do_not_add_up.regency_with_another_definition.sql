-- Cemara reports PU and BPU only, Agung and Biru persons as well: the province is the sum of PU and BPU, while
-- the headline of Agung and Biru counts persons.
DELETE FROM staging.membership_counts WHERE region_code IN ('11', '1171');
INSERT INTO staging.membership_counts BY NAME
SELECT counts.* REPLACE (place AS region_code)
FROM staging.membership_counts AS counts, (VALUES ('1102'), ('1171')) AS places(place)
WHERE file_id = 'jan' AND region_code = '1101' AND segment IN ('PU', 'BPU');
