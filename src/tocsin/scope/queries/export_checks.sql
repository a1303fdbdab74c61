-- SPDX-License-Identifier: Apache-2.0
-- export_checks: whether a file that the case holds has as many persons as the export that was run again.
-- reads   replay_rows, export_files
-- gives   export_checks: one row per event whose file is held
select
    r.event_id,
    'export' as resolver,
    'file' as against,
    r.page_rows as least_rows,
    r.page_rows as most_rows,
    f.persons as logged,
    case
        when f.persons = r.page_rows then 'confirmed'
        else 'contradicted'
    end as verdict
from replay_rows as r
inner join export_files as f
    on f.event_id = r.event_id
