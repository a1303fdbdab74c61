-- SPDX-License-Identifier: Apache-2.0
-- path_ids: where a request's path holds an id, how many distinct ones the account sent, by how it went.
-- reads   acts
-- gives   one row per place in a path, the most ids first
-- binds   $account, $most

with

cut as (
    select
        outcome,
        string_split(object, '/')   as parts,
        string_split(template, '/') as places
    from acts
    where account = $account
      and contains(template, '{id}')
),

numbered as (
    select
        outcome,
        parts,
        places,
        unnest(range(1, len(places) + 1)) as place
    from cut
),

ids as (
    select
        array_to_string(list_slice(places, 1, place), '/')    as name,
        parts[place]                                       as value,
        outcome
    from numbered
    where contains(places[place], '{id}')
)

select
    name,
    count(distinct value)                                                       as total,
    count(distinct value) filter (outcome = 'success')                          as success,
    count(distinct value) filter (outcome = 'failure')                          as failure,
    count(distinct value) filter (outcome not in ('success', 'failure'))        as unknown
from ids
group by name
order by total desc, name
limit $most
