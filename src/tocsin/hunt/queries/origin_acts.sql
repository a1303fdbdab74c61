-- SPDX-License-Identifier: Apache-2.0
-- origin_acts: what each act in scope went through: a rule's view, a file, or a request without a rule.
-- reads   scoped, rule_hits
-- gives   origin_acts: one row per act and origin
select
    h.event_id,
    'view' as kind,
    h.rule::varchar as name
from rule_hits as h
union all
select
    e.event_id,
    'file' as kind,
    e.file_name as name
from scoped as e
where e.file_name is not null
union all
select
    e.event_id,
    'no_rule' as kind,
    concat_ws(' · ', e.source, e.action, e.object_type) as name
from scoped as e
where e.kind = 'open'
    and e.event_id not in (select h.event_id from rule_hits as h)
