-- SPDX-License-Identifier: Apache-2.0
-- day_weights: each account's day, half as if any one session were a thief's, half as if several were.
--   Both are averages of e-values, so their average is one whatever depends on what. The same of what honest
--   bulk work shows too.
-- reads   session_weights
-- gives   day_weights: one row per account and day, the logarithms of the two e-values
-- binds   (none)
with

days as (
    select
        actor,
        role,
        day,
        avg(exp(least(60, weight)))                        as any_one,
        sum(ln(0.5 + 0.5 * exp(least(60, weight))))        as several,
        avg(exp(least(60, bulky)))                         as any_bulky,
        sum(ln(0.5 + 0.5 * exp(least(60, bulky))))         as several_bulky
    from session_weights
    group by actor, role, day
)

select
    actor,
    role,
    day,
    ln(0.3 + 0.7 * (0.5 * any_one + 0.5 * exp(least(300, several)))) as weight,
    ln(0.3 + 0.7 * (0.5 * any_bulky + 0.5 * exp(least(300, several_bulky)))) as bulky
from days
