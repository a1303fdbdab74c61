-- SPDX-License-Identifier: Apache-2.0
-- telling_acts: acts of action other that tell something all the same: whom, what was asked for, how much came back.
-- reads   scoped
-- gives   telling_acts: one row per event
with sized as (
    select distinct
        source,
        session,
        items
    from scoped
    where action <> 'other'
        and session is not null
        and items > 0
)
select e.event_id
from scoped as e
left join sized as s
    on s.source = e.source
    and s.session = e.session
    and s.items = e.items
where e.action = 'other'
    and (
        coalesce(len(e.persons) > 0, false)
        or e.person is not null
        or e.record is not null
        or e.object is not null
        or e.query is not null
        or e.file_name is not null
        or coalesce(e.bytes > 0, false)
        -- The number that a result repeats is told by the search that it answers.
        or coalesce(e.items > 0, false) and s.items is null
    )
