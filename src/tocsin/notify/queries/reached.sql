-- SPDX-License-Identifier: Apache-2.0
-- reached: the best mailbox and the best address of each, and all that is wrong.
-- reads   pieces
-- gives   reached: one row per person who has a row of contact data

select
    person_id,
    first(holder_name order by rank) as holder_name,
    first(email order by rank) filter (where email_fault is null and email is not null) as email,
    count(distinct lower(email)) filter (where email_fault is null) as mailboxes,
    first(street order by rank) filter (where address_fault is null and last_line is not null) as street,
    first(last_line order by rank) filter (where address_fault is null and last_line is not null)
        as last_line,
    list_sort(
        list_distinct(
            flatten(
                list(
                    list_filter(
                        [email_fault, address_fault, phone_fault],
                        lambda fault: fault is not null
                    )
                )
            )
        )
    ) as faults
from pieces
group by person_id
