-- SPDX-License-Identifier: Apache-2.0
-- session_persons: distinct persons of each session, new ones, unexplained ones, and near-consecutive numbers.
--   Apart: of the unexplained ones, those whom no colleague of the organisation opens; of these, those whom
--   other organisations open, and those opened only by organisations with few persons in common.
-- reads   session_sights, strange_views, distant_persons
-- gives   session_persons: one row per session of these accounts that saw somebody
-- binds   $first, $last
with

strange as (
    select
        session,
        count(*)                              as unexplained,
        count(*) filter (where not is_shared) as unshared
    from strange_views
    where actor between $first and $last
    group by session
),

distant as (
    select
        session,
        count(*)                              as elsewhere,
        count(*) filter (where not is_tied)   as untied
    from distant_persons
    where actor between $first and $last
    group by session
)

select
    n.* exclude (actor),
    cast(coalesce(s.unexplained, 0) as integer) as unexplained,
    cast(coalesce(s.unshared, 0) as integer)    as unshared,
    cast(coalesce(d.elsewhere, 0) as integer)   as elsewhere,
    cast(coalesce(d.untied, 0) as integer)      as untied
from session_sights as n
left join strange as s
  on s.session = n.session
left join distant as d
  on d.session = n.session
where n.actor between $first and $last
