-- SPDX-License-Identifier: Apache-2.0
-- source_formats: the formats that the files of each source were read as.
-- reads   files
-- gives   one row per source and format

select
    source,
    format,
    count(*) as files
from files
where not coalesce(duplicate, false)
group by
    source,
    format
order by
    source,
    format
