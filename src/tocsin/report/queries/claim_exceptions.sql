-- SPDX-License-Identifier: Apache-2.0
-- claim_exceptions: the events that contradict a claim, as places in the sources.
-- reads   claims, events
-- gives   one row per claim and event, a hundred at most of each

with

named as (
    select
        claim,
        unnest(exception_events) as event_id
    from claims
)

select
    n.claim,
    e.source,
    e.line_number
from named as n
join events as e
  on e.event_id = n.event_id
order by
    n.claim,
    e.event_id
