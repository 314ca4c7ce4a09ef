"""CRC-32 of joined texts from the check sums of the parts, so that parts can be packed in other processes."""

from __future__ import annotations

from functools import cache

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31


def crc32_of_both(first: int, second: int, second_length: int) -> int:
    """CRC-32 of two texts one after the other (the method of zlib's `crc32_combine`)."""
    return _times(_power_of_x(8 * second_length), first) ^ second


def _times(left: int, right: int) -> int:
    """Product of two polynomials over GF(2), bits reversed, modulo the CRC polynomial."""
    product = 0
    for bit in range(31, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ _POLYNOMIAL if right & 1 else right >> 1
    return product


def _power_of_x(exponent: int) -> int:
    power, square = _ONE, 0
    while exponent:
        if exponent & 1:
            power = _times(_x_squared(square), power)
        exponent >>= 1
        square += 1
    return power


@cache
def _x_squared(times: int) -> int:
    """The polynomial x, squared so many times."""
    if times == 0:
        return 1 << 30
    root = _x_squared(times - 1)
    return _times(root, root)
