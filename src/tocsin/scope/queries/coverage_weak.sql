-- SPDX-License-Identifier: Apache-2.0
-- coverage_weak: tests of completeness that a source fails within a suspect's period, where nothing counts what
--   may be missing.
-- reads   coverage, suspect_rows
-- gives   one row per source and test
select
    c.source,
    c.test,
    cast(count(distinct (c.node, c.from_at, c.until_at, c.account)) as bigint) as findings
from coverage as c
inner join suspect_rows as s
    on s.verdict <> 'legitimate'
    and coalesce(c.source = s.source, true)
    and coalesce(c.from_at < s.until_at, true)
    and coalesce(s.from_at < c.until_at, true)
where not c.is_hole
    and c.test in (
        'silence', 'cut', 'login_alone', 'acts_alone', 'balance', 'unmatched', 'ratio', 'chain', 'sampling'
    )
group by
    c.source,
    c.test
order by
    c.source,
    c.test
