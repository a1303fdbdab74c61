-- SPDX-License-Identifier: Apache-2.0
-- behind_source: the events of a source.
-- reads   events
-- gives   behind: one row per event
-- binds   $source

select event_id
from events
where source = $source
