-- SPDX-License-Identifier: Apache-2.0
-- term_weights: for each session and term, how much likelier a thief makes it than the account's own habit.
--   Habit: what the account did before, leaning on its colleagues; a session that stands far out counts in it as
--   twice what is usual, or a thief would become the habit. Both sides are beta-binomial; a term keeps a share of
--   silence, so that a thief who avoids it is not cleared by it.
--   For links, the thief's rate is a stranger's (never linked) but for the share taken from the owner's own.
-- reads   session_terms, prior_rates, thieves, weighed_actors
-- gives   term_weights: one row per session and term, the logarithm of the ratio
-- binds   $habit
with

-- One account's one term is one number: nothing but numbers is sorted.
lines as (
    select
        t.session,
        r.line,
        t.k,
        cast(t.n as double)                                              as n,
        -- Such fractions add up to the same in any order.
        round(least(t.k, 1 + 2 * r.rate * t.n) * 16777216) / 16777216    as habit_k
    from session_terms as t
    semi join weighed_actors as w
      on w.actor = t.actor
    join prior_rates as r
      on r.actor = t.actor
     and r.term = t.term
    order by r.line, t.turn
),

-- Gone through in that order: a window with an order of its own takes twice the time.
totals as (
    select
        session,
        line,
        k,
        n,
        sum(habit_k) over so_far - habit_k     as before_k,
        sum(n) over so_far - n                 as before_n,
        line is distinct from lag(line) over () as begins
    from lines
    window so_far as (rows unbounded preceding)
),

-- Totals never go down: the largest at which a line began is that of this line.
past as (
    select
        session,
        line,
        k,
        n,
        before_k - max(case when begins then before_k end) over so_far as past_k,
        before_n - max(case when begins then before_n end) over so_far as past_n
    from totals
    window so_far as (rows unbounded preceding)
),

known as (
    select
        r.*,
        1 / r.spread - 1 as own_size,
        c.a              as thief_a,
        c.b              as thief_b,
        c.a + c.b        as thief_size,
        c.is_link,
        c.weight
    from prior_rates as r
    join thieves as c
      on c.term = r.term
),

habits as (
    select
        p.session,
        p.k,
        p.n,
        r.* exclude (line),
        least(0.95, greatest(0.0005, least(
            greatest(r.rate / 10, (p.past_k + $habit * r.rate) / (p.past_n + $habit)),
            r.rate * 3
        ))) as usual
    from past as p
    join known as r
      on r.line = p.line
),

shapes as (
    select
        * exclude (thief_a, thief_b, is_link, rate, spread),
        usual * own_size       as own_a,
        (1 - usual) * own_size as own_b,
        case when is_link then thief_a + thief_b * usual else thief_a end as a,
        case when is_link then thief_b * (1 - usual) else thief_b end as b
    from habits
),

-- Half of all are one of one, where gamma functions come down to shares.
ratios as (
    select
        session,
        actor,
        term,
        k,
        n,
        usual,
        weight,
        case
            when n = 1 and k = 1 then ln(a / thief_size / usual)
            when n = 1 then ln(b / thief_size / (1 - usual))
            else
                case when k = 0 then 0 else lgamma(k + a) - lgamma(a) - lgamma(k + own_a) + lgamma(own_a) end
                + case when k = n then 0 else lgamma(n - k + b) - lgamma(b) - lgamma(n - k + own_b) + lgamma(own_b) end
                - (lgamma(n + thief_size) - lgamma(thief_size))
                + (lgamma(n + own_size) - lgamma(own_size))
        end as ratio
    from shapes
)

select
    session,
    actor,
    term,
    k,
    n,
    n * usual                                                             as expected,
    ln((1 - weight) + weight * exp(greatest(-50, least(50, ratio))))      as weight
from ratios
