-- SPDX-License-Identifier: Apache-2.0
-- file_names: the file that each access names, as segments of its path.
-- reads   asked, scoped
-- gives   file_names: one row per event and rule that names something
with named as (
    select
        a.event_id,
        a.rule,
        e.source,
        e.action,
        e.occurred_at,
        e.bytes,
        coalesce(e.file_name, e.object) as path
    from asked as a
    inner join scoped as e
        on e.event_id = a.event_id
),
cut as (
    select
        *,
        list_filter(
            string_split(nfc_normalize(replace(path, '\', '/')), '/'),
            lambda segment: segment <> ''
        ) as segments
    from named
)
select
    *,
    segments[-1] as base_name
from cut
where len(segments) > 0
