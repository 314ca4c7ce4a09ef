"""Printed coverage statements held against their own arithmetic. Nothing is corrected here, only reported."""

from transforms.claims.contradictions import claim_contradictions
from transforms.claims.repairs import claim_repairs
from transforms.claims.verdicts import claim_verdicts

__all__ = ["claim_contradictions", "claim_repairs", "claim_verdicts"]
