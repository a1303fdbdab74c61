-- SPDX-License-Identifier: Apache-2.0
-- alike_pairs: what two sources tell once each in all their logs, with the two times; only of sources that share no
--   request.
-- reads   alike_acts, clock_pairs
-- gives   rows of clock_pairs
with once as (
    select
        source,
        act_key,
        min(occurred_at) as told_at
    from alike_acts
    group by
        source,
        act_key
    having count(*) = 1
)
select
    a.source,
    b.source as other,
    'path' as way,
    date_trunc('day', a.told_at) as day,
    epoch_us(b.told_at) - epoch_us(a.told_at) as lead_us
from once as a
inner join once as b
    on b.act_key = a.act_key
    and b.source > a.source
where abs(epoch_us(b.told_at) - epoch_us(a.told_at)) <= 86400000000
    and not exists (
        select 1
        from clock_pairs as p
        where p.source = a.source
            and p.other = b.source
    )
