-- SPDX-License-Identifier: Apache-2.0
-- numbered_persons: whom each access obtained, each person as a number: a hash of 64 bits of registry and local id.
--   Two persons of twenty million share one in one case of ninety thousand (docs/decisions/0025).
-- reads   obtained_persons
-- gives   numbered_persons: one row per event, registry and local id
-- binds   (none)
select
    event_id,
    actor,
    habit,
    half_hour,
    cast(epoch_us(occurred_at) % (30 * 60 * 1000000) as integer) as after_us,
    hash(registry, person)                                       as number,
    try_cast(regexp_extract(person, '[0-9]{1,18}$') as bigint)   as digits
from obtained_persons
