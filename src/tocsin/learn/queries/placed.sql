-- SPDX-License-Identifier: Apache-2.0
-- placed: the segments at one depth, below what their paths have in common.
-- reads   asked_objects, walked, segment_facts
-- gives   placed: one row per object that is this deep
-- binds   $depth
select
    o.object_id,
    o.source,
    o.action,
    w.prefix,
    o.segments[$depth] as segment,
    f.is_varying
        -- What is fetched under the name of a file is a file.
        or (
            o.action in ('download', 'export')
            and len(o.segments) = $depth
            and regexp_matches(o.segments[$depth], '.[.][A-Za-z0-9]{1,5}$')
        ) as is_varying,
    f.candidates,
    o.events,
    o.open,
    len(o.segments) = $depth and not o.has_tail as is_last
from asked_objects as o
inner join walked as w
    on w.object_id = o.object_id
inner join segment_facts as f
    on f.source = o.source
    and f.segment = o.segments[$depth]
where len(o.segments) >= $depth
