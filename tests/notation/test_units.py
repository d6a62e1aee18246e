import pytest

from smartpgx.notation.units import fraction, mg_per_l


@pytest.mark.parametrize(
    ("value", "unit", "share"),
    [(35, "%", 0.35), (0.35, "1", 0.35), (1, "%", 0.01), (1, "", 1.0), (35, "", 0.35), (120, "%", None), (-1, "", None)],
)
def test_shares(value: float, unit: str, share: float | None) -> None:
    assert fraction(value, unit)[0] == share


def test_a_bare_number_above_one_is_per_cent_with_a_warning() -> None:
    assert fraction(35, "")[1]
    assert not fraction(35, "%")[1]


@pytest.mark.parametrize(("value", "unit", "mic"), [(0.5, "mg/L", 0.5), (4, "ug/mL", 4.0), (500, "ng/mL", 0.5), (1, "mm", None)])
def test_mic(value: float, unit: str, mic: float | None) -> None:
    assert mg_per_l(value, unit) == mic
