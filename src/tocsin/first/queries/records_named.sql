-- SPDX-License-Identifier: Apache-2.0
-- records_named: how many distinct records one account named, by their type and by how it went.
-- reads   acts
-- gives   one row per type of record, the most first
-- binds   $account, $most

select
    coalesce(record_type, '')                                                    as name,
    count(distinct record)                                                       as total,
    count(distinct record) filter (outcome = 'success')                          as success,
    count(distinct record) filter (outcome = 'failure')                          as failure,
    count(distinct record) filter (outcome not in ('success', 'failure'))        as unknown
from acts
where account = $account
  and record is not null
group by name
order by total desc, name
limit $most
