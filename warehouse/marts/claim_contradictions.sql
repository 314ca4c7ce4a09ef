-- Printed statements that cannot all be true; computed from the register alone.
FROM staging.claim_contradictions
