-- SPDX-License-Identifier: Apache-2.0
-- behind_unresolved_records: the events unresolved that can have shown records of a kind.
-- reads   unresolved
-- gives   behind: one row per event
-- binds   $record_type

select event_id
from unresolved
where reason = 'no_rule'
   or categories is null
   or record_type = $record_type
