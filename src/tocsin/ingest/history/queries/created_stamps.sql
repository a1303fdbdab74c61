-- SPDX-License-Identifier: Apache-2.0
-- created_stamps: that a row was not there before the instant at which it says that it was made.
-- reads   history_stamped
-- gives   history_said of one copy: cells of presence
-- binds   $source
select
    s.key,
    s.name,
    s.created_at as said_at,
    v.turn,
    0 as place,
    v.is_change,
    v.value,
    null as alike,
    cast($source as bigint) as source,
    s.copied_at as stamp_of
from history_stamped as s
cross join (values (0, false, null), (1, true, 'true')) as v(turn, is_change, value)
where s.created_at <= s.copied_at
