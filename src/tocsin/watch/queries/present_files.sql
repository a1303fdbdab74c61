-- SPDX-License-Identifier: Apache-2.0
-- present_files: of the contents that ever stood under a path, the latest: the others are no longer there.
-- reads   files
-- gives   one row per path
-- binds   (none)
select
    max(file_number) as file_number,
    path
from files
group by path
