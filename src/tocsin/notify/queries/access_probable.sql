-- SPDX-License-Identifier: Apache-2.0
-- access_probable: files that are only probably the person's, and that an answer must not hold.
-- reads   access_files
-- gives   one row: their number

select count(*) filter (where not is_sure) as files
from access_files
