"""Lexical forms of instants, durations and booleans, and how lengths of time are spelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.saml.values import boolean, duration, instant, iso, spell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-04T10:00:00Z", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        (" 2026-05-04T10:00:00Z\n", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("2026-05-04T10:00:00.123Z", datetime(2026, 5, 4, 10, 0, 0, 123_000, UTC)),
        ("2026-05-04T10:00:00.1234567Z", datetime(2026, 5, 4, 10, 0, 0, 123_456, UTC)),
        ("2026-05-04T12:00:00+02:00", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("2026-05-04T05:30:00-04:30", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("2026-05-04T10:00:00+00:00", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("2026-05-04T10:00:00", datetime(2026, 5, 4, 10, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("2026-05-04", None),
        ("2026-05-04 10:00:00Z", None),
        ("2026-05-04T10:00Z", None),
        ("2026-05-04T10:00:00z", None),
        ("2026-05-04T10:00:00.Z", None),
        ("2026-13-04T10:00:00Z", None),
        ("2026-02-30T10:00:00Z", None),
        ("2026-05-04T25:00:00Z", None),
        ("2026-05-04T10:00:00+99:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("\u00a02026-05-04T10:00:00Z", None),
        ("२०२६-05-04T10:00:00Z", None),
        ("1777888800", None),
    ],
)
def test_instants(text: str, expected: datetime | None) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 5, 4, 10, tzinfo=UTC), "2026-05-04T10:00:00Z"),
        (datetime(2026, 5, 4, 10, 0, 0, 5_999, UTC), "2026-05-04T10:00:00.005Z"),
        (datetime(2026, 5, 4, 10, 0, 0, 999, UTC), "2026-05-04T10:00:00Z"),
        (datetime(2026, 5, 4, 12, tzinfo=timezone(timedelta(hours=2))), "2026-05-04T10:00:00Z"),
        (datetime(33, 1, 2, tzinfo=UTC), "0033-01-02T00:00:00Z"),
    ],
)
def test_instants_are_written_as_saml_writes_them(value: datetime, text: str) -> None:
    assert iso(value) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back(value: datetime) -> None:
    assert instant(iso(value)) == value.replace(microsecond=value.microsecond // 1000 * 1000)


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_none(text: str) -> None:
    assert instant(text) is None or text.strip()[:4].isdigit()
    assert duration(text) is None or "P" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT5M", timedelta(minutes=5)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("P1Y2M", timedelta(days=425)),
        ("-PT1H", timedelta(hours=-1)),
        (" PT0S ", timedelta(0)),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("-P", None),
        ("1D", None),
        ("P1H", None),
        ("PT1.5M", None),
        ("P" + "9" * 400 + "Y", None),
        ("P9999999999D", None),
    ],
)
def test_durations(text: str, expected: timedelta | None) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("1", True), ("false", False), (" 0 ", False), ("True", None), ("yes", None), ("", None)],
)
def test_booleans(text: str, expected: bool | None) -> None:
    assert boolean(text) is expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"), (1, "1 second"), (45, "45 seconds"), (0.5, "0.5 seconds"), (119, "119 seconds"), (-45, "45 seconds"),
        (120, "2 minutes"), (300, "5 minutes"), (330, "5 minutes 30 s"), (7199, "119 minutes 59 s"),
        (7200, "2 h"), (9000, "2 h 30 min"), (172_799, "47 h 59 min"), (172_800, "2 days"), (86_400 * 400, "400 days"),
    ],
)  # fmt: skip
def test_lengths_of_time_in_words(seconds: float, words: str) -> None:
    assert spell(timedelta(seconds=seconds)) == words
