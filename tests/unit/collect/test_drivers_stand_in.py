# SPDX-License-Identifier: Apache-2.0
"""Oracle and SQL Server: what is sent to their drivers, and how answers of the documented shape are taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlglot

from tests.unit.collect.stand_in import Answer, Driver, MssqlError, OracleError
from tests.unit.collect.tables import collect, spooled, write
from tocsin.collect.databases import oracle
from tocsin.collect.outcome import Collected
from tocsin.core import extras
from tocsin.ingest.run import run as ingest
from tocsin.store.case import Case

ORACLE = """
[[sources]]
name = "ora"
database = "oracle://auditor@db.example:1522/PDB1"
collect = { from = "database", recipe = "oracle-unified-audit" }
"""

MSSQL = """
[[sources]]
name = "ms"
database = "sqlserver://auditor@db.example/master"
collect = { from = "database", recipe = "sqlserver-audit", files = "D:\\\\it's\\\\*.sqlaudit" }
"""

Given = Callable[[Driver], None]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    """Puts a driver in the place of the real one."""

    def put(driver: Driver) -> None:
        monkeypatch.setattr(extras, "import_module", lambda _name: driver)
        monkeypatch.setenv("TOCSIN_DB_ORA", "tiger")
        monkeypatch.setenv("TOCSIN_DB_MS", "tiger")

    return put


def kind(name: str) -> SimpleNamespace:
    return SimpleNamespace(name=name)


def oracle_driver(rows: list[tuple[object, ...] | Exception]) -> Driver:
    columns = [
        ("ENTRY_ID", kind("DB_TYPE_NUMBER")),
        ("EVENT_TIMESTAMP", kind("DB_TYPE_TIMESTAMP_LTZ")),
        ("EVENT_TIMESTAMP_UTC", kind("DB_TYPE_TIMESTAMP")),
        ("SQL_TEXT", kind("DB_TYPE_CLOB")),
        ("XS_SESSIONID", kind("DB_TYPE_RAW")),
    ]
    return Driver(
        OracleError,
        [
            ("where 1 = 0", ([(*column,) for column in columns], [])),
            ("rownum = 1", ([("1",)], [])),
            ("order by", ([(*column,) for column in columns], rows)),
        ],
    )


ORACLE_ROW = (
    Decimal("7"),
    "2024-06-11T10:00:00.123456789+00:00",
    "2024-06-11T10:00:00.123456789",
    "select *\nfrom t",
    b"\x01\x02",
)


def test_oracle_is_asked_for_the_audit_view_as_it_is_in_order_and_with_its_instants_whole(
    tmp_path: Path, given: Given
) -> None:
    driver = oracle_driver([ORACLE_ROW])
    given(driver)
    case = write(tmp_path, ORACLE)
    [found] = collect(case)
    assert found.error is None
    assert spooled(case, "ora") == [
        {
            "ENTRY_ID": "7",
            "EVENT_TIMESTAMP": "2024-06-11T10:00:00.123456789+00:00",
            "EVENT_TIMESTAMP_UTC": "2024-06-11T10:00:00.123456789",
            "SQL_TEXT": "select *\nfrom t",
            "XS_SESSIONID": "0102",
        }
    ]
    settings, reading = [sql for sql, _bound in driver.asked[:2]], driver.asked[-1]
    assert settings == ["alter session set time_zone = 'UTC'", "set transaction read only"]
    assert """to_char(q."EVENT_TIMESTAMP_UTC", 'YYYY-MM-DD"T"HH24:MI:SS.FF9')""" in reading[0]
    assert reading[0].endswith('order by q."EVENT_TIMESTAMP_UTC"')
    assert driver.options[-1] == {"fetch_lobs": False}
    assert driver.given["password"] == "tiger"
    assert (driver.given["host"], driver.given["port"]) == ("db.example", 1522)
    assert driver.given["service_name"] == "PDB1"
    assert driver.is_closed


def test_oracle_is_asked_from_the_overlap_on_when_something_stands(tmp_path: Path, given: Given) -> None:
    given(oracle_driver([ORACLE_ROW]))
    case = write(tmp_path, ORACLE)
    collect(case)
    driver = oracle_driver([ORACLE_ROW])
    given(driver)
    [found] = collect(case)
    assert (found.rows, found.repeated) == (0, 1)
    sql, bound = driver.asked[-1]
    assert 'where q."EVENT_TIMESTAMP_UTC" >= to_timestamp(:1, \'YYYY-MM-DD' in sql
    assert bound == ["2024-06-11T09:50:00.123456789"]


def test_oracle_numbers_are_whole_or_decimal_never_floats() -> None:
    cursor = Driver(OracleError, []).cursor()
    whole = SimpleNamespace(type_code=kind("DB_TYPE_NUMBER"), scale=0)
    free = SimpleNamespace(type_code=kind("DB_TYPE_NUMBER"), scale=-127)
    text = SimpleNamespace(type_code=kind("DB_TYPE_VARCHAR"), scale=0)
    taken = [oracle._take_numbers(cursor, one) for one in (whole, free, text)]
    assert taken == [(int, 1), (Decimal, 1), None]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OracleError("ORA-01017", "invalid username/password; tiger; logon denied"), "login_refused"),
        (OracleError("DPY-6005", "cannot connect to database"), "unreachable"),
    ],
)
def test_oracle_says_why_it_does_not_connect(
    tmp_path: Path, given: Given, error: Exception, code: str
) -> None:
    driver = oracle_driver([])
    driver.refuses = error
    given(driver)
    told = failure(collect(write(tmp_path, ORACLE)))
    assert told[0] == code
    assert "tiger" not in told[1]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OracleError("ORA-00942", "table or view does not exist"), "query_refused", "does not exist"),
        (OracleError("ORA-01722", "invalid number: 'DUPONT'"), "query_refused", "ORA-01722"),
        (OracleError("ORA-03113", "end-of-file on communication channel"), "broken_off", "ORA-03113"),
        (OracleError("DPY-4011", "the database or network closed the connection"), "broken_off", "DPY"),
    ],
)
def test_oracle_tells_a_refusal_from_a_break_and_quotes_no_value(
    tmp_path: Path, given: Given, error: Exception, code: str, said: str
) -> None:
    given(oracle_driver([ORACLE_ROW, error]))
    case = write(tmp_path, ORACLE)
    told = failure(collect(case))
    assert told[0] == code
    assert said in told[1]
    assert "DUPONT" not in told[1]


def mssql_driver(rows: list[tuple[object, ...] | Exception]) -> Driver:
    columns = [("event_time", "datetime2(7)"), ("action_id", "varchar(4)"), ("succeeded", "bit")]
    columns += [("permission_bitmask", "varbinary(16)"), ("duration", "bigint")]
    named = [(name, None) for name, _type in columns]
    return Driver(
        MssqlError,
        [
            ("dm_exec_describe_first_result_set", ([("name",), ("type",)], [(*c,) for c in columns])),
            ("select top 1", ([("n",)], [])),
            ("order by", ([*named], rows)),
        ],
    )


MSSQL_ROW = ("2024-06-11T10:00:00.1234567", "SL  ", True, b"\x00\x01", 2**40)


def test_sqlserver_is_asked_for_its_audit_files_in_order_and_with_all_digits(
    tmp_path: Path, given: Given
) -> None:
    driver = mssql_driver([MSSQL_ROW])
    given(driver)
    case = write(tmp_path, MSSQL)
    [found] = collect(case)
    assert found.error is None
    assert spooled(case, "ms") == [
        {
            "event_time": "2024-06-11T10:00:00.1234567",
            "action_id": "SL  ",
            "succeeded": True,
            "permission_bitmask": "0001",
            "duration": 2**40,
        }
    ]
    sql, _bound = driver.asked[-1]
    assert "convert(varchar(40), q.[event_time], 126) as [event_time]" in sql
    assert r"sys.fn_get_audit_file(N'D:\it''s\*.sqlaudit', default, default)" in sql
    assert (driver.given["encryption"], driver.given["read_only"]) == ("require", True)
    assert driver.given["port"] == "1433"


def test_sqlserver_is_asked_from_the_overlap_on_in_the_type_of_its_column(
    tmp_path: Path, given: Given
) -> None:
    given(mssql_driver([MSSQL_ROW]))
    case = write(tmp_path, MSSQL)
    collect(case)
    driver = mssql_driver([MSSQL_ROW])
    given(driver)
    [found] = collect(case)
    assert (found.rows, found.repeated) == (0, 1)
    sql, bound = driver.asked[-1]
    assert "where q.[event_time] >= convert(datetime2(7), %s, 126)" in sql
    assert bound == ["2024-06-11T09:59:00.1234567"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MssqlError((208, b"Invalid object name 'x'.DB-Lib error message 20018")), "query_refused", "'x'"),
        (MssqlError((245, b"Conversion failed: 'DUPONT'")), "query_refused", "245"),
        (MssqlError((20047, b"DBPROCESS is dead")), "broken_off", "20047"),
        (MssqlError("the line is gone"), "broken_off", ""),
    ],
)
def test_sqlserver_tells_a_refusal_from_a_break_and_quotes_no_value(
    tmp_path: Path, given: Given, error: Exception, code: str, said: str
) -> None:
    given(mssql_driver([MSSQL_ROW, error]))
    told = failure(collect(write(tmp_path, MSSQL)))
    assert told[0] == code
    assert said in told[1]
    assert "DUPONT" not in told[1]


def test_sqlserver_says_that_the_login_is_refused(tmp_path: Path, given: Given) -> None:
    driver = mssql_driver([])
    driver.refuses = MssqlError((18456, b"Login failed for user 'auditor'.DB-Lib error message 20018"))
    given(driver)
    assert failure(collect(write(tmp_path, MSSQL)))[0] == "login_refused"


def test_a_driver_that_is_not_installed_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    code, said = failure(collect(write(tmp_path, ORACLE)))
    assert code == "missing_extra"
    assert "tocsin[collect]" in said


@pytest.mark.parametrize(("settings", "name"), [(ORACLE, "ora"), (MSSQL, "ms")])
def test_what_is_sent_can_be_read_as_the_database_own_sql(
    tmp_path: Path, given: Given, settings: str, name: str
) -> None:
    driver = oracle_driver([ORACLE_ROW]) if name == "ora" else mssql_driver([MSSQL_ROW])
    given(driver)
    case = write(tmp_path, settings)
    collect(case)
    collect(case)
    dialect = "oracle" if name == "ora" else "tsql"
    for sql, _bound in driver.asked:
        if sql.startswith("select"):
            assert len(sqlglot.parse(sql.replace("%s", "'x'").replace(":1", "'x'"), read=dialect)) == 1


def failure(collected: list[Collected]) -> tuple[str, str]:
    [found] = collected
    assert found.error is not None
    assert json.dumps(found.codes)
    return found.error.code, str(found.error)


ORACLE_ACT = {
    "AUDIT_TYPE": "Standard",
    "SESSIONID": Decimal("1234"),
    "ENTRY_ID": Decimal("7"),
    "STATEMENT_ID": Decimal("3"),
    "EVENT_TIMESTAMP_UTC": "2024-06-11T10:00:00.123456000",
    "DBUSERNAME": "DR_X",
    "ACTION_NAME": "SELECT",
    "RETURN_CODE": Decimal("0"),
    "OBJECT_SCHEMA": "CARE",
    "OBJECT_NAME": "PATIENT",
    "SQL_TEXT": "select *\nfrom patient\0",
}

MSSQL_ACT = {
    "event_time": "2024-06-11T10:00:00.1234560",
    "sequence_number": 1,
    "action_id": "SL  ",
    "succeeded": True,
    "server_principal_name": "dr.x",
    "database_name": "care",
    "object_name": "patient",
    "statement": "select * from patient",
}


@pytest.mark.parametrize(("settings", "name"), [(ORACLE, "ora"), (MSSQL, "ms")])
def test_rows_of_a_recipe_are_read_by_the_log_format_of_its_name(
    tmp_path: Path, given: Given, settings: str, name: str
) -> None:
    act = ORACLE_ACT if name == "ora" else MSSQL_ACT
    columns = [(key, kind("DB_TYPE_TIMESTAMP" if "EVENT" in key else "DB_TYPE_OTHER")) for key in act]
    types = [(key, "datetime2(7)" if key == "event_time" else "nvarchar(max)") for key in act]
    described: list[tuple[object, ...]] = [(*one,) for one in columns]
    none: Answer = ([("n",)], [])
    driver = Driver(
        OracleError,
        [
            ("dm_exec_describe_first_result_set", ([("name",)], [(*one,) for one in types])),
            ("where 1 = 0", (described, [])),
            ("is null", none),
            ("order by", (described, [tuple(act.values())])),
        ],
    )
    given(driver)
    case = write(tmp_path, settings)
    collect(case)
    with Case(case, by="tests") as opened:
        ingest(opened)
        with opened.engine("events", "files") as engine:
            [[form]] = engine.rows("select format from files")
            [[at, account, action]] = engine.rows("select occurred_at, account, action from events")
    assert form == ("oracle-unified-audit" if name == "ora" else "sqlserver-audit")
    assert (str(at)[:26], action) == ("2024-06-11 10:00:00.123456", "read")
    assert account in ("DR_X", "dr.x")
