-- Hypotheses that would make a printed statement tie; computed from the register alone.
FROM staging.claim_repairs
