-- SPDX-License-Identifier: Apache-2.0
-- suspect_window: from when until when anybody is suspect.
-- reads   suspect_rows
-- gives   one row: first and last instant as text, null where it is open
select
    case when count(*) = count(from_at) then strftime(min(from_at), '%Y-%m-%dT%H:%M:%S.%fZ') end as from_at,
    case when count(*) = count(until_at) then strftime(max(until_at), '%Y-%m-%dT%H:%M:%S.%fZ') end as until_at
from suspect_rows
where verdict <> 'legitimate'
