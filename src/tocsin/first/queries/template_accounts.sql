-- SPDX-License-Identifier: Apache-2.0
-- template_accounts: how many accounts sent each kind of request that the accounts looked at sent.
-- reads   request_shapes, acts
-- gives   template_accounts: one row per action and template
-- binds   (none)

with

wanted as (
    select distinct action, template
    from acts
),

shapes as (
    select
        shape,
        request_template(shape) as template
    from (select distinct shape from request_shapes)
)

select
    w.action,
    w.template,
    count(distinct r.account) as accounts
from wanted as w
join shapes as s
  on s.template = w.template
join request_shapes as r
  on r.shape = s.shape
 and r.action = w.action
group by w.action, w.template
