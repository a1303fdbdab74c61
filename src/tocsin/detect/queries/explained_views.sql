-- SPDX-License-Identifier: Apache-2.0
-- explained_views: first views of a person by these accounts that a relation explains, by template.
--   A relation holds at that time with the account, with its professional or with its organisation; or it is
--   the account holder's own record.
-- reads   bucket_views, actor_keys, linked_keys, person_links, dated_links
-- gives   explained_views: one row per account, person and template
-- binds   $first, $last, $first_key, $last_key
with

first_views as (
    select
        actor,
        number,
        seen_at
    from bucket_views
    where is_new
),

-- Names that no relation speaks of are not looked for.
keys as (
    select
        k.actor,
        k.key
    from actor_keys as k
    semi join linked_keys as l
      on l.key = k.key
    where k.actor between $first and $last
),

-- Most relations hold at all times: two instants less for each.
links as (
    select key, number, template, null as from_at, null as until_at
    from person_links
    where key between $first_key and $last_key
    union all
    select key, number, template, from_at, until_at
    from dated_links
    where key between $first_key and $last_key
)

select distinct
    f.actor,
    f.number,
    l.template
from first_views as f
join keys as k
  on k.actor = f.actor
join links as l
  on l.number = f.number
 and l.key = k.key
where (l.from_at is null or l.from_at <= f.seen_at)
  and (l.until_at is null or f.seen_at < l.until_at)
