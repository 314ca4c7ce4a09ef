"""Facts of months of every kind, with the sentence that each must have in Indonesian and in English."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from warehouse.note.facts import Change, Figure, NoteFacts, Target

BADUNG = Figure("Kabupaten Badung", 150, 250, Decimal("60.00"))
DENPASAR = Figure("Kota Denpasar", 300, 500, Decimal("60.00"))
GIANYAR = Figure("Kabupaten Gianyar", 130, 200, Decimal("65.00"))
BANGLI = Figure("Kabupaten Bangli", 35_500, 100_000, Decimal("35.50"))
#: 935,079 of 1,837,899 is 50.878 percent; 67.28 percent of the base are 1,236,538.4 people.
BALI = NoteFacts(
    release_id="2025-03-31-0123abcd",
    level="province",
    place="Bali",
    as_of=date(2025, 3, 31),
    status="complete",
    figure_status="final",
    denominator_id="eligible_workers",
    members=935_079,
    figure=Figure("Bali", 935_079, 1_837_899, Decimal("50.88")),
    parts=(GIANYAR, BADUNG, BANGLI),
    parts_expected=3,
    parts_with_data=3,
    target=Target(2025, Decimal("67.28"), "Kemendagri", Decimal("16.40"), 301_460),
    # 965,079 of 1,837,899 in February were 52.51 percent.
    change=Change(
        date(2025, 2, 28), Decimal("52.51"), Decimal("-1.63"), -30_000, 0, Decimal("-1.63"), Decimal("0.00"),
        "members",
    ),
)  # fmt: skip

NO_FIGURE = replace(BALI, figure=None, target=None, change=None, parts=(), figure_status=None)
#: Members +300 alone: (1,000 + 300) / 2,000 is 65.00, from 50.00; the base +600 takes 15.00 of it again.
BOTH = replace(
    BALI,
    members=1_300,
    figure=Figure("Bali", 1_300, 2_600, Decimal("50.00")),
    parts=(),
    target=None,
)
#: 1,000 of 2,000 before; 1,500 of 2,600 is 57.69; members alone 75.00.
GROWN = replace(
    BOTH,
    members=1_500,
    figure=Figure("Bali", 1_500, 2_600, Decimal("57.69")),
    change=Change(
        date(2025, 2, 28), Decimal("50.00"), Decimal("7.69"), 500, 600, Decimal("25.00"), Decimal("-17.31"),
        "members_and_base",
    ),
)  # fmt: skip
SHRUNK = replace(
    GROWN,
    members=1_100,
    figure=Figure("Bali", 1_100, 2_600, Decimal("42.31")),
    change=Change(
        date(2025, 2, 28), Decimal("50.00"), Decimal("-7.69"), 100, 600, Decimal("5.00"), Decimal("-12.69"),
        "members_and_base",
    ),
)  # fmt: skip
ONLY_BASE = replace(
    GROWN,
    members=1_000,
    figure=Figure("Bali", 1_000, 2_500, Decimal("40.00")),
    change=Change(
        date(2025, 2, 28), Decimal("50.00"), Decimal("-10.00"), 0, 500, Decimal("0.00"), Decimal("-10.00"), "base",
    ),
)  # fmt: skip
MOVED = replace(BALI, change=replace(BALI.change, cause="definition", members_effect=None, base_effect=None))  # type: ignore[type-var]
STILL = replace(
    BALI,
    change=Change(
        date(2025, 2, 28), Decimal("50.88"), Decimal("0.00"), 0, 0, Decimal(0), Decimal(0), "unchanged"
    ),
)

CASES = {
    "withheld": (
        replace(NO_FIGURE, status="incomplete", members=None, parts_expected=9, parts_with_data=8),
        "Cakupan Jamsostek Bali per 31 Maret 2025 belum dapat dihitung: baru 8 dari 9 kabupaten/kota memiliki angka.",
        ("Jamsostek coverage of Bali on 31 March 2025 cannot be computed yet:"
        " only 8 of 9 regencies and cities have a figure."),
    ),
    "no members": (
        replace(NO_FIGURE, status="no_membership", members=None),
        "Cakupan Jamsostek Bali per 31 Maret 2025 belum dapat dihitung: data peserta belum diterima.",
        "Jamsostek coverage of Bali on 31 March 2025 cannot be computed yet: the members have not been delivered.",
    ),
    "no base": (
        replace(NO_FIGURE, status="no_survey"),
        ("Cakupan Jamsostek Bali per 31 Maret 2025 belum dapat dihitung:"
        " 935.079 peserta tercatat, tetapi penyebutnya belum diterima."),
        ("Jamsostek coverage of Bali on 31 March 2025 cannot be computed yet:"
        " 935,079 members are counted, but the base has not been delivered."),
    ),
    "provisional": (
        replace(BALI, figure_status="provisional"),
        "dari 1.837.899 penduduk bekerja (angka sementara).",
        "of 1,837,899 people in work (provisional).",
    ),
    "labour force": (
        replace(BALI, denominator_id="labour_force_sakernas"),
        "dari 1.837.899 angkatan kerja.",
        "of 1,837,899 people in the labour force.",
    ),
    "above 100": (
        replace(BALI, parts=(Figure("Kabupaten Kaimana", 25_721, 20_390, Decimal("126.15")), BANGLI), parts_expected=2),
        "Angka di atas 100 persen diterbitkan apa adanya: peserta dapat bekerja di wilayah lain.",
        "Figures above 100 percent are published as they are: members may work elsewhere.",
    ),
    "tie at the top": (
        replace(BALI, parts=(BADUNG, DENPASAR, BANGLI)),
        ("Tertinggi Kabupaten Badung, 60,00 persen (150 dari 250) dan Kota Denpasar, 60,00 persen (300 dari 500);"
        " terendah Kabupaten Bangli, 35,50 persen (35.500 dari 100.000)."),
        ("Highest is Kabupaten Badung, 60.00 percent (150 of 250) and Kota Denpasar, 60.00 percent (300 of 500);"
        " lowest is Kabupaten Bangli, 35.50 percent (35,500 of 100,000)."),
    ),
    "all equal": (
        replace(BALI, parts=(BADUNG, DENPASAR)),
        "Semua sama: Kabupaten Badung, 60,00 persen (150 dari 250) dan Kota Denpasar, 60,00 persen (300 dari 500).",
        "All are equal: Kabupaten Badung, 60.00 percent (150 of 250) and Kota Denpasar, 60.00 percent (300 of 500).",
    ),
    "some parts": (
        replace(BALI, parts_expected=9),
        ("Di antara 3 dari 9 kabupaten/kota yang memiliki angka dengan definisi yang sama, tertinggi Kabupaten Gianyar, 65,00 persen"
        " (130 dari 200); terendah Kabupaten Bangli, 35,50 persen (35.500 dari 100.000)."),
        ("Among 3 of 9 regencies and cities with a figure of this definition, highest is Kabupaten Gianyar,"
        " 65.00 percent (130 of 200); lowest is Kabupaten Bangli, 35.50 percent (35,500 of 100,000)."),
    ),
    "one part": (
        replace(BALI, parts=(GIANYAR,)),
        "Baru satu kabupaten/kota yang memiliki angka dengan definisi yang sama: Kabupaten Gianyar, 65,00 persen (130 dari 200).",
        ("Only one of the regencies and cities has a figure of this definition:"
        " Kabupaten Gianyar, 65.00 percent (130 of 200)."),
    ),
    "no parts": (
        replace(BALI, parts=()),
        "Angka kabupaten/kota dengan definisi yang sama belum ada.",
        "There are no figures of this definition by regencies and cities yet.",
    ),
    "no target": (
        replace(BALI, target=None),
        "Belum ada target dengan definisi yang sama untuk 2025.",
        "There is no target of the same definition for 2025.",
    ),
    "target passed": (
        replace(BALI, target=Target(2025, Decimal("50.00"), "RPJMN 2025-2029 (x)", Decimal("-0.88"), 0)),
        "Target 2025 sebesar 50,00 persen (RPJMN 2025-2029 (x)) terlampaui 0,88 poin.",
        "The 2025 target of 50.00 percent (RPJMN 2025-2029 (x)) is passed by 0.88 points.",
    ),
    "target reached": (
        replace(BALI, target=Target(2025, Decimal("50.88"), "Kemendagri", Decimal("0.00"), 0)),
        "Target 2025 sebesar 50,88 persen (Kemendagri) tepat tercapai.",
        "The 2025 target of 50.88 percent (Kemendagri) is reached exactly.",
    ),
    "first month": (
        replace(BALI, change=None),
        "Ini angka pertama dalam deret, sehingga perubahannya belum dapat dihitung.",
        "This is the first figure of the series, so no change can be computed yet.",
    ),
    "definition": (
        MOVED,
        "Angka 28 Februari 2025 (52,51 persen) tidak dapat dibandingkan: definisinya berbeda.",
        "The figure of 28 February 2025 (52.51 percent) cannot be compared: its definition differs.",
    ),
    "unchanged": (
        STILL,
        "Tidak berubah sejak 28 Februari 2025 (50,88 persen).",
        "Unchanged since 28 February 2025 (50.88 percent).",
    ),
    "base alone": (
        ONLY_BASE,
        "Sejak 28 Februari 2025 (50,00 persen) turun 10,00 poin, karena penduduk bekerja bertambah 500.",
        "Since 28 February 2025 (50.00 percent) down 10.00 points, because of 500 more people in work.",
    ),
    "mainly members": (
        GROWN,
        ("Sejak 28 Februari 2025 (50,00 persen) naik 7,69 poin, terutama karena peserta bertambah 500"
        " (menaikkan 25,00 poin); penduduk bekerja bertambah 600 (menurunkan 17,31 poin)."),
        ("Since 28 February 2025 (50.00 percent) up 7.69 points, mainly because of 500 more members"
        " (raises it by 25.00 points); 600 more people in work (lowers it by 17.31 points)."),
    ),
    "mainly base": (
        SHRUNK,
        ("Sejak 28 Februari 2025 (50,00 persen) turun 7,69 poin, terutama karena penduduk bekerja bertambah 600"
        " (menurunkan 12,69 poin); peserta bertambah 100 (menaikkan 5,00 poin)."),
        ("Since 28 February 2025 (50.00 percent) down 7.69 points, mainly because of 600 more people in work"
        " (lowers it by 12.69 points); 100 more members (raises it by 5.00 points)."),
    ),
}  # fmt: skip
