-- SPDX-License-Identifier: Apache-2.0
-- explained_views: first views of a person by these accounts that a relation explains, by template.
--   A relation holds at that time with the account, with its professional or with its organisation; or it is
--   the account holder's own record.
-- reads   first_views, actor_keys, linked_keys, person_links, dated_links
-- gives   explained_views: one row per account, person and template
-- binds   $first, $last, $first_key, $last_key
with

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
    select key, number, template, null as from_us, null as until_us
    from person_links
    where key between $first_key and $last_key
    union all
    select key, number, template, epoch_us(from_at) as from_us, epoch_us(until_at) as until_us
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
where (l.from_us is null or l.from_us <= f.seen_us)
  and (l.until_us is null or f.seen_us < l.until_us)
