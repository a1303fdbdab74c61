-- SPDX-License-Identifier: Apache-2.0
-- suspected_sources: the sources to which suspects are held; null where some suspect is held to none.
-- reads   suspects
-- gives   one row per source

select distinct source
from suspects
where verdict <> 'legitimate'
order by source nulls first
