-- SPDX-License-Identifier: Apache-2.0
-- shared_mailboxes: how many persons to inform share a mailbox.
-- reads   reached
-- gives   shared_mailboxes: one row per mailbox

select
    email,
    count(*) as persons
from reached
where email is not null
group by email
