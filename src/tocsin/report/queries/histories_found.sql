-- SPDX-License-Identifier: Apache-2.0
-- histories_found: each rebuilt past, how many persons are counted through it, and how often it is wrong.
--   Measured where a copy was held out and the other sources say something of its date; summed over all copies.
-- reads   histories, history_errors, history_facts, disclosures
-- gives   one row per registry or table of records
with

measured as (
    select
        "of",
        count(*)               as copies,
        cast(sum(compared) as bigint)      as compared,
        cast(sum(wrong) as bigint)         as wrong,
        cast(sum(known) as bigint)         as known,
        cast(sum(known_wrong) as bigint)   as known_wrong,
        cast(sum(missing) as bigint)       as missing,
        cast(sum(extra) as bigint)         as extra
    from history_errors
    where "column" = 'row'
    group by "of"
),

unread as (
    select "of", cast(sum("rows") as bigint) as set_aside
    from history_facts
    where fate = 'set_aside'
    group by "of"
),

counted as (
    select
        coalesce(h."of", '')      as "of",
        count(distinct (d.registry, d.person)) as persons
    from disclosures as d
    join histories as h
      on h."of" in (d.registry, d.record_type)
    where d.resolver in ('search_results', 'export', 'sql_replay')
    group by h."of"
)

select
    h."of",
    h."rows",
    h.doubtful_rows,
    h.keys,
    h.from_at                          as "from",
    h.until_at                         as "until",
    coalesce(c.persons, 0)             as persons,
    coalesce(u.set_aside, 0)           as set_aside,
    coalesce(m.copies, 0)              as copies,
    coalesce(m.compared, 0)            as compared,
    coalesce(m.wrong, 0)               as wrong,
    coalesce(m.known, 0)               as known,
    coalesce(m.known_wrong, 0)         as known_wrong,
    coalesce(m.missing, 0)             as missing,
    coalesce(m.extra, 0)               as extra,
    m.wrong / nullif(m.compared, 0)    as share
from histories as h
left join measured as m
  on m."of" = h."of"
left join unread as u
  on u."of" = h."of"
left join counted as c
  on c."of" = h."of"
order by h."of"
