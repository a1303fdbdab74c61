-- SPDX-License-Identifier: Apache-2.0
-- account_scores: each account's evidence: on its worst day, the sum over all stretches of days that end there
--   of their product, by the number of days. The sum less the days so far is a martingale where the account is
--   honest (Shiryaev and Roberts), so that it reaches c times all days in one account of c at most.
--   In one pass: what ends on a day is the day times (one plus what ended the day before).
-- reads   bounded_days
-- gives   one row per account with its logarithm, and the stretch of days that says most
-- binds   $from, $until
with

days as (
    select
        actor,
        day,
        weight,
        sum(weight) over so_far          as reached,
        sum(weight) over so_far - weight as before
    from bounded_days
    where (cast($from as date) is null or day >= cast($from as date))
      and (cast($until as date) is null or day < cast($until as date))
    window so_far as (
        partition by actor
        order by day
        rows unbounded preceding
    )
),

stretches as (
    select
        actor,
        day,
        reached - min(before) over so_far          as rise,
        arg_min(day, before) over so_far           as from_day
    from days
    window so_far as (
        partition by actor
        order by day
        rows unbounded preceding
    )
),

best as (
    select
        actor,
        max(rise)                as rise,
        arg_max(from_day, rise)  as from_day,
        arg_max(day, rise)       as until_day
    from stretches
    group by actor
),

summed as (
    select
        actor,
        count(*) as days,
        list_reduce(
            list({'x': weight, 'ending': weight, 'most': weight} order by day),
            lambda done, today: {
                'x': today.x,
                'ending': today.x + greatest(done.ending, 0) + ln(1 + exp(-abs(done.ending))),
                'most': greatest(
                    done.most,
                    today.x + greatest(done.ending, 0) + ln(1 + exp(-abs(done.ending)))
                )
            }
        ).most as most
    from days
    group by actor
)

select
    s.actor,
    s.days,
    -- Threads add up in any order: what is beyond the sixth decimal is not kept.
    round(s.most - ln(s.days), 6) as evidence,
    b.rise,
    b.from_day,
    b.until_day
from summed as s
join best as b
  on b.actor = s.actor
