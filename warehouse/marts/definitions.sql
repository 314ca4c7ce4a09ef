-- Numerators and denominators with their meaning and source.
FROM reference.definitions
