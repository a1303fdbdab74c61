-- SPDX-License-Identifier: Apache-2.0
-- shared_phones: how many persons to inform share a mobile.
-- reads   reached
-- gives   shared_phones: one row per mobile

select
    phone,
    count(*) as persons
from reached
where phone is not null
group by phone
