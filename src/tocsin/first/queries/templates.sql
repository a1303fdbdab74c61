-- SPDX-License-Identifier: Apache-2.0
-- templates: the kinds of request that one account sent, by weight; how many other accounts send them too.
-- reads   acts, template_accounts
-- gives   one row per action, template and names of parameters, the heaviest first
-- binds   $account, $most

with

own as (
    select
        action,
        template,
        parameters,
        count(*)                                                        as events,
        count(*) filter (outcome = 'success')                           as success,
        count(*) filter (outcome = 'failure')                           as failure,
        count(distinct (object, query))                                 as distinct_requests,
        count(*) filter (person is null
                         and persons is null
                         and record is null)                            as nameless,
        min(occurred_at)                                                as first_at,
        max(occurred_at)                                                as last_at
    from acts
    where account = $account
    group by action, template, parameters
),

weighed as (
    select
        *,
        cast(sum(events) over heaviest_first as bigint) as cumulated,
        cast(sum(events) over () as bigint)             as all_events,
        count(*) over ()                                as total
    from own
    window heaviest_first as (
        order by events desc, action, template, parameters nulls first
        rows between unbounded preceding and current row
    )
)

select
    w.action,
    w.template,
    w.parameters,
    w.events,
    w.success,
    w.failure,
    w.distinct_requests,
    w.nameless,
    w.first_at,
    w.last_at,
    w.cumulated,
    t.accounts - 1                                                          as others,
    count(*) filter (w.cumulated - w.events < 0.99 * w.all_events) over ()  as for_99,
    w.total
from weighed as w
join template_accounts as t
  on t.action = w.action
 and t.template = w.template
order by w.cumulated, w.action, w.template, w.parameters nulls first
limit $most
