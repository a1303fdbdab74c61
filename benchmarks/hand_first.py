# SPDX-License-Identifier: Apache-2.0
"""What an expert would type for a first look at one of the samples: DuckDB alone, over lines that it reads itself.

It knows the log: no recognition, no accounting, nothing set aside, no encryption, no place in the file. It
answers the questions that `tocsin first` answers, for one account: sessions, addresses and agents with how many
accounts share them, distinct ids, templates with how many accounts send them, ranks, silences.
"""

from __future__ import annotations

import os
import sys

import duckdb

_LINES = (
    "read_csv($path, columns = {'line': 'VARCHAR'}, delim = chr(1), quote = '', escape = '', header = false, "
    "auto_detect = false, max_line_size = 1000000)"
)

COMBINED = rf"""
create temp table events as
select
    try_strptime(head[4] || ' ' || head[5], '[%d/%b/%Y:%H:%M:%S %z]')::timestamptz as occurred_at,
    nullif(head[3], '-') as account,
    head[1] as address,
    quoted[6] as user_agent,
    request[1] as action,
    split_part(request[2], '?', 1) as object,
    split_part(request[2], '?', 2) as query,
    try_cast(reply[3] as bigint) as bytes,
    reply[2] < '400' as succeeded
from (
    select
        quoted,
        string_split(quoted[1], ' ') as head,
        string_split(quoted[2], ' ') as request,
        string_split(quoted[3], ' ') as reply
    from (select string_split(line, '"') as quoted from {_LINES})
)"""

_STRUCT = (
    '{"time":"TIMESTAMPTZ","user":{"id":"VARCHAR"},"ip":"VARCHAR","op":"VARCHAR","path":"VARCHAR",'
    '"patient":"VARCHAR","bytes":"BIGINT","app":"VARCHAR"}'
)

JSON_LINES = rf"""
create temp table events as
select
    j.time as occurred_at,
    nullif(j.user.id, '-') as account,
    j.ip as address,
    j.app as user_agent,
    j.op as action,
    split_part(j.path, '?', 1) as object,
    split_part(j.path, '?', 2) as query,
    j.bytes as bytes,
    true as succeeded
from (select json_transform(line, '{_STRUCT}') as j from {_LINES})"""

STATEMENTS = {"combined": COMBINED, "json-lines": JSON_LINES}

QUESTIONS = (
    """
    select count(*), min(occurred_at), max(occurred_at), count(*) filter (succeeded),
        (select max(occurred_at) from events)
    from events where account = $account""",
    """
    select min(occurred_at), max(occurred_at), count(*), address
    from (
        select *, sum(begins) over (partition by address order by occurred_at) as session
        from (
            select *, (occurred_at - lag(occurred_at) over (partition by address order by occurred_at)
                > interval 30 minute)::integer as begins
            from events where account = $account
        )
    )
    group by address, session order by 1""",
    """
    select address, count(distinct account), count(*) filter (account = $account)
    from events where address in (select address from events where account = $account) group by address""",
    """
    select user_agent, count(distinct account), count(*) filter (account = $account)
    from events where user_agent in (select user_agent from events where account = $account) group by 1""",
    """
    select account, address, count(*) from events
    where address in (select address from events where account = $account) and account <> $account
    group by all order by 3 desc limit 200""",
    r"""
    select regexp_replace(object, '[^/]*[0-9]{2,}[^/]*', '{id}', 'g') as template, action, count(*),
        count(distinct object)
    from events where account = $account group by all order by 3 desc""",
    r"""
    select template, count(distinct account)
    from (select distinct account, regexp_replace(object, '[^/]*[0-9]{2,}[^/]*', '{id}', 'g') as template from events)
    group by template""",
    r"""
    select count(distinct regexp_extract(object, '/patients/([0-9]+)', 1)) from events
    where account = $account and succeeded""",
    """
    select account, n, objects, addresses, failures, bytes, rank() over (order by n desc)
    from (
        select account, count(*) as n, count(distinct object) as objects, count(distinct address) as addresses,
            count(*) filter (not succeeded) as failures, sum(bytes) as bytes
        from events where account is not null group by account
    )
    qualify account = $account""",
    """
    select max(n) from (
        select account, date_trunc('hour', occurred_at) as hour, count(*) as n from events group by all
    ) where account = $account""",
    "select date_trunc('hour', occurred_at) as hour, count(*) from events group by hour order by hour",
)


def main() -> int:
    """Read the log, ask the questions, print how many rows answer."""
    kind, path, account = sys.argv[1:4]
    database = duckdb.connect(config={"threads": os.cpu_count() or 1, "memory_limit": "2800MiB"})
    database.execute("set timezone = 'UTC'")
    database.execute(STATEMENTS[kind], {"path": path})
    for question in QUESTIONS:
        binds = {"account": account} if "$account" in question else {}
        print(len(database.execute(question, binds).fetchall()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
