-- SPDX-License-Identifier: Apache-2.0
-- behind_witnesses: the events of acts that several sources tell of.
-- reads   witnesses
-- gives   behind: one row per event
-- binds   $kind

select event_id
from witnesses
where $kind = 'acts'
   or ($kind = 'settled' and settled_by is not null)
   or ($kind = 'contradicted' and disagrees is not null)
   or ($kind = 'out_of_scope' and not in_scope)
