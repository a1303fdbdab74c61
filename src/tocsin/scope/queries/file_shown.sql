-- SPDX-License-Identifier: Apache-2.0
-- file_shown: whom the files showed, as resolvers tell it.
-- reads   copy_shown
-- gives   shown: one row per event, rule and person
select
    event_id,
    rule,
    registry,
    person,
    null as record_type,
    null as record,
    certainty,
    exact,
    'file_contents' as resolver
from copy_shown
