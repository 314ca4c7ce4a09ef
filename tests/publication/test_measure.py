from __future__ import annotations

import pytest

from warehouse.publication.measure import balanced, fitting_size, text_width, wrap

TEXT = "48 dari setiap 100 pekerja di\u00a0Bali terlindungi Jamsostek"


@pytest.mark.parametrize("width", [60, 120, 200, 260, 400])
def test_lines_fit_and_lose_nothing(width: float) -> None:
    for lines in (wrap(TEXT, 22, width), balanced(TEXT, 22, width)):
        assert " ".join(lines) == TEXT
        assert all(text_width(line, 22) <= width for line in lines if " " in line)


def test_words_bound_by_a_hard_blank_stay_on_one_line() -> None:
    for width in range(40, 400, 7):
        assert any("di\u00a0Bali" in line for line in wrap(TEXT, 22, width))


def test_balanced_lines_are_as_many_and_more_even() -> None:
    plain, even = wrap(TEXT, 22, 520), balanced(TEXT, 22, 520)
    assert len(plain) == len(even) == 2
    spread = [abs(text_width(lines[0], 22) - text_width(lines[1], 22)) for lines in (plain, even)]
    assert spread[1] < spread[0]


def test_a_name_is_made_smaller_only_when_it_does_not_fit() -> None:
    assert fitting_size("Bali", 20, 400) == 20
    size = fitting_size("Kepulauan Siau Tagulandang Biaro", 20, 100)
    assert text_width("Kepulauan Siau Tagulandang Biaro", size) == pytest.approx(100, abs=0.5)


def test_a_word_wider_than_the_width_ends_the_balancing() -> None:
    assert balanced("Kepulauan Siau", 22, 20) == ["Kepulauan", "Siau"]
    assert balanced("", 22, 20) == []
