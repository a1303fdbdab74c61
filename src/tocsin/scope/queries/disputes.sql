-- SPDX-License-Identifier: Apache-2.0
-- disputes: suspects of one rank that give the same events different verdicts.
-- reads   ranked_matches
-- gives   disputes: one row per two suspects
select
    one.suspect_id,
    other.suspect_id as other_id,
    cast(count(*) as bigint) as events
from ranked_matches as one
inner join ranked_matches as other
    on other.event_id = one.event_id
    and other.suspect_id > one.suspect_id
    and other.verdict <> one.verdict
where one.place = 1
    and other.place = 1
group by
    one.suspect_id,
    other.suspect_id
