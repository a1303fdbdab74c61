-- SPDX-License-Identifier: Apache-2.0
-- wave_reasons: why the persons of the next wave are in it.
-- reads   next_wave
-- gives   one row per reason and channel, with its persons

select
    why,
    channel,
    count(*) as persons
from next_wave
group by
    why,
    channel
order by
    why,
    channel
