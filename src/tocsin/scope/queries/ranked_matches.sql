-- SPDX-License-Identifier: Apache-2.0
-- ranked_matches: the suspects that each event falls under, the one that holds first.
-- reads   matched, suspect_rows
-- gives   ranked_matches: one row per event and suspect; place 1 is the first rank, turn 1 holds
select
    m.event_id,
    m.suspect_id,
    s.verdict,
    s.p,
    -- Decided before answer, known and proposed; then the narrower; then the latest.
    rank() over (
        partition by m.event_id
        order by
            s.origin_rank desc,
            s.narrowness desc,
            s.decided_at desc nulls last
    ) as place,
    -- Within one rank the more cautious verdict holds, and the dispute is listed.
    row_number() over (
        partition by m.event_id
        order by
            s.origin_rank desc,
            s.narrowness desc,
            s.decided_at desc nulls last,
            s.gravity desc,
            s.p desc nulls last,
            s.suspect_id desc
    ) as turn
from matched as m
inner join suspect_rows as s
    on s.suspect_id = m.suspect_id
