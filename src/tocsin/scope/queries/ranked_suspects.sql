-- SPDX-License-Identifier: Apache-2.0
-- ranked_suspects: which suspect's verdict holds where several match one event.
-- reads   suspect_rows
-- gives   ranked_suspects: one row per suspect; turn 1 holds before all, those of one place are of one rank
select
    suspect_id,
    verdict,
    p,
    -- Decided before answer, known and proposed; then the narrower; then the latest.
    -- A session that detection weighed goes before the account that was to be split, and behind
    -- whatever a person said of a part of it.
    rank() over (
        order by
            origin_rank desc,
            narrowness desc,
            weighed desc,
            decided_at desc nulls last
    ) as place,
    -- Within one rank the more cautious verdict holds, and the dispute is listed.
    row_number() over (
        order by
            origin_rank desc,
            narrowness desc,
            weighed desc,
            decided_at desc nulls last,
            gravity desc,
            p desc nulls last,
            suspect_id desc
    ) as turn
from suspect_rows
