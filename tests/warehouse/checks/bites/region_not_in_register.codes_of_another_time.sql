-- A row of members and a row of the base bear codes that no region has.
-- finds: base.csv 99 | 1 rows; deliver the file again, or give the code to its successor in regions.csv
-- finds: feb.csv 9999 | 1 rows; deliver the file again, or give the code to its successor in regions.csv
UPDATE staging.membership_counts SET region_code = '9999' WHERE file_id = 'feb';
UPDATE staging.bases SET region_code = '99' WHERE region_code = '1102';
