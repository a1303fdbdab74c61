-- SPDX-License-Identifier: Apache-2.0
-- updated_stamps: that a row is as a copy has it since the instant at which it says that it last changed.
-- reads   history_stamped
-- gives   history_said of one copy: cells of every column
-- binds   $source
select
    key,
    name,
    updated_at as said_at,
    1 as turn,
    1 as place,
    false as is_change,
    value,
    null as alike,
    cast($source as bigint) as source,
    copied_at as stamp_of
from history_stamped
where updated_at <= copied_at
