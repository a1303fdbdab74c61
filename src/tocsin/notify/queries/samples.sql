-- SPDX-License-Identifier: Apache-2.0
-- samples: some persons of each way, to read their notices before the release.
-- reads   recipients
-- gives   one row per person chosen, with the kind of notice and the channel
-- binds   $rows

with

placed as (
    select
        person_id,
        kind,
        channel,
        row_number() over (
            partition by
                kind,
                channel,
                addressee
            order by
                len(controllers) desc,
                length(name) desc,
                person_id
        ) as place
    from recipients
    where channel in ('email', 'post', 'sms')
)

select
    person_id,
    kind,
    channel
from placed
where place <= $rows
order by
    channel,
    person_id
