-- SPDX-License-Identifier: Apache-2.0
-- coverage: how many acts there are, and how many show what no rule describes.
-- reads   scoped, rule_hits
-- gives   one row
select
    (select count(*) from scoped) as events,
    (
        select count(*)
        from scoped as e
        where e.kind = 'open'
            and e.event_id not in (select h.event_id from rule_hits as h)
    ) as uncovered
