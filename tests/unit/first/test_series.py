# SPDX-License-Identifier: Apache-2.0
"""A log and its rotations are one; logs of other names or folders are others."""

from __future__ import annotations

import pytest

from tocsin.first.series import series_of, series_table


@pytest.mark.parametrize(
    ("path", "series"),
    [
        ("/logs/access.log", "/logs/access.log"),
        ("/logs/access.log.1", "/logs/access.log"),
        ("/logs/access.log.12.gz", "/logs/access.log"),
        ("/logs/access.log-20240611.zst", "/logs/access.log"),
        ("/logs/gw-2024-06-11.ndjson", "/logs/gw.ndjson"),
        ("/logs/gw-2024-06-11T10.ndjson", "/logs/gw.ndjson"),
        ("/logs/2024-06-11.log", "/logs/log"),
        ("/logs/12345", "/logs/12345"),
        ("/logs/all.zip!app/access.log.3", "/logs/all.zip!access.log"),
        ("a.log", "a.log"),
    ],
)
def test_series_is_the_name_without_dates_and_numbers(path: str, series: str) -> None:
    assert series_of(path) == series


def test_folder_that_all_share_is_not_told() -> None:
    table = series_table([(0, "/logs/a.log"), (1, "/logs/a.log.1"), (2, "/logs/b.log")])
    assert table.column("series").to_pylist() == ["a.log", "a.log", "b.log"]
    table = series_table([(0, "/x/a.log"), (1, "/y/a.log")])
    assert table.column("series").to_pylist() == ["/x/a.log", "/y/a.log"]
