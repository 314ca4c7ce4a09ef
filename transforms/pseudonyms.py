"""What may be kept of a person: keyed pseudonyms in place of NIK and KPJ, bands in place of dates.

A pseudonym is HMAC-SHA-256 under a secret key. When the key is rotated, the new key is applied to the old
pseudonyms as well as to new rows, so that a person keeps one pseudonym and every count stays the same.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import reduce

import polars as pl

from schemas.tables.member_rows import AGE_GROUPS, AGE_LABELS, StagedMemberships

#: Test case 2 of RFC 4231: a library that hashed the wrong thing would count persons wrongly in silence.
_KNOWN_KEY, _KNOWN_TEXT = "Jefe", "what do ya want for nothing?"
_KNOWN_DIGEST = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
#: What is no content of a row: the identity, the place in the file, and what follows from other columns.
_NOT_CONTENT = ("nik", "kpj", "line", "as_of", "age", "defects")


def library_hashes_rightly() -> bool:
    """Whether the hashing library gives the published digest of a known text."""
    frame = pl.DataFrame({"text": [_KNOWN_TEXT]})
    digest = frame.select(_hmac(pl.col("text"), _KNOWN_KEY)).item()
    return bool(digest == _KNOWN_DIGEST)


def staged_memberships(accepted: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One pseudonymous row per accepted row (StagedMemberships). NIK, KPJ, birth date and wage end here.

    `keys`: the secrets of the pseudonyms, oldest first; each is applied to the outcome of the one before.
    """
    key = keys[0]
    digests = accepted.select(
        _hmac(pl.col("nik").cast(pl.String), key).alias("person"),
        _hmac(pl.col("kpj"), key).alias("membership"),
        _digest(accepted.columns, key).alias("content"),
        _digest(["birth_date", "sex"], key).alias("identity"),
    )
    kept = digests.select(*_shortened(), "content", "identity")
    shape = StagedMemberships.polars_schema()
    described = accepted.select(
        (pl.col("is_active_status") & _under_way()).alias("is_active"),
        _age_group().alias("age_group"),
        pl.col(*(name for name in accepted.columns if name in shape)),
    )
    first = kept.hstack(described).select(pl.col(name).cast(dtype) for name, dtype in shape.items())
    return reduce(rekeyed, keys[1:], first)


def rekeyed(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Staged rows under one more key: who was equal stays equal, and who was not stays different."""
    person = pl.concat_str(_hexadecimal("person_high"), _hexadecimal("person_low"))
    digests = rows.select(
        _hmac(person, key).alias("person"), _hmac(_hexadecimal("membership"), key).alias("membership")
    )
    return rows.with_columns(digests.select(_shortened()))


def _hmac(text: pl.Expr, key: str) -> pl.Expr:
    """HMAC-SHA-256 in hexadecimal. The key is a string: a Polars literal would be hashed as its text."""
    import polars_hash as plh  # noqa: PLC0415 (a while to import, and most nights bring no member rows)

    return plh.CryptographicHashingNameSpace(text).hmac_sha256(key=key)


def _shortened() -> list[pl.Expr]:
    """The first 128 bits of a person's digest as two numbers, the first 64 of a membership's."""
    return [
        _bits("person", 0).alias("person_high"),
        _bits("person", 16).alias("person_low"),
        _bits("membership", 0).alias("membership"),
    ]


def _bits(column: str, start: int) -> pl.Expr:
    """64 bits of a hexadecimal digest, from one of its characters on."""
    return pl.col(column).str.slice(start, 16).str.to_integer(base=16, dtype=pl.UInt64)


def _hexadecimal(column: str) -> pl.Expr:
    """A 64-bit number as text for the next key."""
    return pl.col(column).cast(pl.String)


def _digest(columns: Sequence[str], key: str) -> pl.Expr:
    """Keyed digest of what a row says in some columns, whoever and wherever it is: equal for equal values."""
    import polars_hash as plh  # noqa: PLC0415 (see above)

    said = [pl.col(name).to_physical() for name in columns if name not in _NOT_CONTENT]
    return plh.hash_rows(said).nchash.xxh3_64(seed=_secret_seed(key))


def _secret_seed(key: str) -> int:
    """Return a secret 64-bit seed, made from the key of the pseudonyms."""
    return int.from_bytes(hmac.digest(key.encode(), b"content of a row", "sha256")[:8], "big")


def _under_way() -> pl.Expr:
    """Whether the membership has started and not ended on the as-of day (data contract, section 2)."""
    day = pl.col("as_of")
    return (pl.col("start_date") <= day) & (pl.col("end_date").is_null() | (pl.col("end_date") > day))


def _age_group() -> pl.Expr:
    """Position of the last group that has begun, which is how a list of words is stored."""
    begun = [(pl.col("age") >= first).cast(pl.UInt8) for _, first in AGE_GROUPS]
    return (pl.sum_horizontal(begun) - 1).cast(pl.UInt8).cat.to(pl.Enum(AGE_LABELS))
