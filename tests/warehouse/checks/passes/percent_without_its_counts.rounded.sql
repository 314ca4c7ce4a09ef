-- 201 of 20000 is 1.005 percent, published 1.01: half a hundredth apart.
UPDATE staging.membership_counts SET active_members = 201 WHERE region_code = '1102';
UPDATE staging.bases SET workers = 20000 WHERE region_code = '1102';
