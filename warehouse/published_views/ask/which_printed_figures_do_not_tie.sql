-- en: Which printed figures do not agree with their own numbers, or cannot be true at all?
-- id: Angka tercetak mana yang tidak cocok dengan angkanya sendiri, atau mustahil?
SELECT
    claim_id, region_name, as_of, segment, published_value, published_members, published_base, computed_pct, arithmetic,
    explanation_en, explanation_id, source_title, source_url, release_id
FROM marts.published_figures
WHERE arithmetic IN ('does_not_tie', 'impossible')
ORDER BY claim_id
