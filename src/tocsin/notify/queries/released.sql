-- SPDX-License-Identifier: Apache-2.0
-- released: the notices of a wave, by number.
-- reads   notices
-- gives   one row per notice
-- binds   $wave

select
    person_id,
    coalesce(kind, 'person') as kind,
    channel,
    reason,
    message_id
from notices
where wave = $wave
order by person_id
