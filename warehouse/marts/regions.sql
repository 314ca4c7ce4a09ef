-- Regions in force, with both code systems.
SELECT
    region_code_bps, region_code_bps_previous, region_code_kemendagri, region_code_kemendagri_previous,
    name_official, name_short, kind, province_code_bps, province_name, valid_from, legal_basis
FROM reference.regions
