-- SPDX-License-Identifier: Apache-2.0
-- volume_weights: as term_weights, for the number of persons new to the account in a session.
--   Negative binomial around the account's own mean; a thief is three or ten times that, or no different.
-- reads   session_features, role_volumes, weighed_actors
-- gives   volume_weights: one row per session that saw somebody new
-- binds   $habit
with

sessions as (
    select
        f.session,
        f.actor,
        f.role,
        f.new_persons
    from session_features as f
    semi join weighed_actors as w
      on w.actor = f.actor
    where f.persons > 0
      and not f.is_declared
    order by f.actor, f.turn
),

-- As in `term_weights`: gone through in their order.
totals as (
    select
        *,
        sum(new_persons) over so_far - new_persons as before_n,
        row_number() over () - 1                   as before_sessions,
        actor is distinct from lag(actor) over ()  as begins
    from sessions
    window so_far as (rows unbounded preceding)
),

counted as (
    select
        session,
        actor,
        role,
        new_persons,
        before_n - max(case when begins then before_n end) over so_far               as past_n,
        before_sessions - max(case when begins then before_sessions end) over so_far as past_sessions
    from totals
    window so_far as (rows unbounded preceding)
),

past as (
    select
        s.* exclude (role, new_persons),
        s.new_persons as n,
        r.mean as role_mean,
        least(20, greatest(0.3, r.mean * r.mean / (r.variance - r.mean + 0.1))) as size
    from counted as s
    join role_volumes as r
      on r.role = s.role
),

habits as (
    select
        *,
        greatest(role_mean / 4, (past_n + $habit * role_mean) / (past_sessions + $habit)) as mean
    from past
),

ratios as (
    select
        *,
        (size + n) * ln((size + mean) / (size + 3 * mean)) + n * ln(3)    as three,
        (size + n) * ln((size + mean) / (size + 10 * mean)) + n * ln(10)  as ten
    from habits
)

select
    session,
    actor,
    'volume' as term,
    n as k,
    n,
    mean as expected,
    ln(0.6 + 0.25 * exp(least(50, three)) + 0.15 * exp(least(50, ten))) as weight
from ratios
where n > 0
