-- SPDX-License-Identifier: Apache-2.0
-- samples: some persons of each way, to read their notices before the release.
-- reads   recipients
-- gives   one row per person chosen, with the channel
-- binds   $rows

with

placed as (
    select
        person_id,
        channel,
        row_number() over (
            partition by
                channel,
                addressee
            order by
                len(controllers) desc,
                length(name) desc,
                person_id
        ) as place
    from recipients
    where channel in ('email', 'post')
)

select
    person_id,
    channel
from placed
where place <= $rows
order by
    channel,
    person_id
