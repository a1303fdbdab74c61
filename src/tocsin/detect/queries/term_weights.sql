-- SPDX-License-Identifier: Apache-2.0
-- term_weights: for each session and term, how much likelier a thief makes it than the account's own habit.
--   Habit: what the account did before, leaning on its colleagues; a session that stands far out counts in it as
--   twice what is usual, or a thief would become the habit. Both sides are beta-binomial; a term keeps a share of
--   silence, so that a thief who avoids it is not cleared by it.
--   For links, the thief's rate is a stranger's (never linked) but for the share taken from the owner's own.
-- reads   session_terms, prior_rates, thieves
-- gives   term_weights: one row per session and term, the logarithm of the ratio
-- binds   $habit
with

past as (
    select
        t.*,
        r.rate as prior_rate,
        r.spread,
        coalesce(sum(least(t.k, 1 + 2 * r.rate * t.n)) over before, 0) as past_k,
        coalesce(sum(t.n) over before, 0) as past_n
    from session_terms as t
    join prior_rates as r
      on r.actor = t.actor
     and r.term = t.term
    window before as (
        partition by t.actor, t.term
        order by t.first_at, t.session
        rows between unbounded preceding and 1 preceding
    )
),

habits as (
    select
        *,
        least(0.95, greatest(0.0005, least(
            greatest(prior_rate / 10, (past_k + $habit * prior_rate) / (past_n + $habit)),
            prior_rate * 3
        ))) as usual
    from past
),

shapes as (
    select
        h.*,
        h.usual * (1 / h.spread - 1)       as own_a,
        (1 - h.usual) * (1 / h.spread - 1) as own_b,
        case when c.is_link then c.a + c.b * h.usual else c.a end as a,
        case when c.is_link then c.b * (1 - h.usual) else c.b end as b,
        c.weight
    from habits as h
    join thieves as c
      on c.term = h.term
),

ratios as (
    select
        session,
        actor,
        term,
        k,
        n,
        usual,
        weight,
        (lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b))
        - (lgamma(a) + lgamma(b) - lgamma(a + b))
        - (lgamma(k + own_a) + lgamma(n - k + own_b) - lgamma(n + own_a + own_b))
        + (lgamma(own_a) + lgamma(own_b) - lgamma(own_a + own_b)) as ratio
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
