-- SPDX-License-Identifier: Apache-2.0
-- answer_faults: what is wrong with the contact data of answers, by the rules of the registry's.
-- reads   pieces
-- gives   one row per row and fault; person_id is the number of the row

select
    person_id as row_number,
    unnest(
        list_filter(
            [email_fault, address_fault],
            lambda fault: fault is not null
        )
    ) as fault
from pieces
order by
    row_number,
    fault
