-- Every row of the base is gone.
-- finds: base.csv | 6 accepted, none loaded
DELETE FROM staging.bases;
