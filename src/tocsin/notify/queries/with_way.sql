-- SPDX-License-Identifier: Apache-2.0
-- with_way: persons to inform who can be written to by a channel, whichever one was chosen first.
-- reads   recipients
-- gives   one row per person
-- binds   $channel

select person_id
from recipients
where ($channel = 'post' and lines is not null)
   or ($channel = 'email' and email is not null)
   or ($channel = 'sms' and phone is not null)
