-- SPDX-License-Identifier: Apache-2.0
-- nameless: persons to be written to who would be told no controller's name.
-- reads   recipients, controllers
-- gives   one row: their number

with

named as (
    select list(distinct controller) as ids
    from controllers
    where name is not null
)

select count(*)
from recipients as r
cross join named as n
where r.channel in ('email', 'post', 'sms')
  and r.kind <> 'account'
  and len(list_intersect(r.controllers, coalesce(n.ids, cast([] as varchar[])))) = 0
