-- SPDX-License-Identifier: Apache-2.0
-- linked_rows: what messages say, as rows of relations.
--   Who treats is the directory's account, professional or organisation of that name; a national number
--   written with its leading 8 (IDNPS) is the RPPS behind it. A name that the directory does not have stands as
--   a professional's number. A single instant holds some days around it.
-- reads   told_links, told_merges, directory_names
-- gives   relation_source: one row per distinct link
-- binds   $days
with

links as (
    select * exclude (message) from told_links
    union all
    select l.* exclude (message) replace (m.after as person)
    from told_links as l
    join told_merges as m
      on m.registry is not distinct from l.registry
     and m.before = l.person
),

distinct_links as (
    select distinct * from links
),

called as (
    select
        *,
        case
            when regexp_full_match(who, '8\d{11}') and not exists (select 1 from directory_names as d where d.name = who)
            then substr(who, 2)
            else who
        end as name
    from distinct_links
),

resolved as (
    select
        c.*,
        d.kind as who_kind
    from called as c
    left join directory_names as d
      on d.name = c.name
)

select
    case when who_kind = 'account' then name end                              as account,
    case when coalesce(who_kind, '') in ('professional_id', '') then name end as professional_id,
    case when who_kind = 'organisation' then name end                         as organisation,
    registry,
    person,
    case when is_instant then from_at - to_days(cast($days as integer)) else from_at end  as "from",
    case when is_instant then from_at + to_days(cast($days as integer)) else until_at end as until,
    kind,
    null::varchar                                                             as status,
    is_unread                                                                 as "a date is unread"
from resolved
