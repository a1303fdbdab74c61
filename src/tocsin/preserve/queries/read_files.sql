-- SPDX-License-Identifier: Apache-2.0
-- read_files: what each source was read from.
-- reads   files
-- gives   one row per source and file, members of archives together
select
    source,
    regexp_replace(path, '!.*$', '') as path,
    min(format) as format
from files
group by source, regexp_replace(path, '!.*$', '')
order by source, path
