-- SPDX-License-Identifier: Apache-2.0
-- wave_keys: the notices of a new wave, each with a code and a message id of its own.
-- reads   next_wave, keys
-- gives   one row per person of the wave
-- binds   $wave

with

placed as (
    select
        *,
        row_number() over (order by person_id) as place
    from next_wave
)

select
    p.* exclude (place),
    cast($wave as bigint) as wave,
    k.code,
    k.message_id
from placed as p
join keys as k
  on k.place = p.place
