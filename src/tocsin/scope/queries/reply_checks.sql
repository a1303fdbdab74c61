-- SPDX-License-Identifier: Apache-2.0
-- reply_checks: whether as many bytes left as the results that were found again need at least.
-- reads   replay_rows, scoped
-- gives   reply_checks: one row per event whose log has the size of the reply
-- binds   $resolver, $row_bytes (the least that one result takes)
select
    r.event_id,
    $resolver as resolver,
    'bytes' as against,
    r.page_rows as least_rows,
    r.page_rows as most_rows,
    e.bytes // $row_bytes as logged,
    case
        when e.bytes // $row_bytes < r.page_rows then 'contradicted'
        else 'not_contradicted'
    end as verdict
from replay_rows as r
inner join scoped as e
    on e.event_id = r.event_id
where e.bytes >= 0
