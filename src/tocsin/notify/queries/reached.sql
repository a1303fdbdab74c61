-- SPDX-License-Identifier: Apache-2.0
-- reached: the best mailbox, address and mobile of each, and all that is wrong.
-- reads   pieces
-- gives   reached: one row per person who has a row of contact data

select
    person_id,
    first(holder_name order by rank) filter (where holder_name is not null) as holder_name,
    first(email order by rank) filter (where email_fault is null and email is not null) as email,
    count(distinct lower(email)) filter (where email_fault is null) as mailboxes,
    first(street order by rank) filter (where address_fault is null and last_line is not null) as street,
    first(last_line order by rank) filter (where address_fault is null and last_line is not null)
        as last_line,
    first(mobile order by rank) filter (where mobile is not null) as phone,
    list_sort(
        list_distinct(
            flatten(
                list(
                    list_filter(
                        [email_fault, address_fault, phone_fault, doubt],
                        lambda fault: fault is not null
                    )
                )
            )
        )
    ) as faults
from pieces
group by person_id
