-- SPDX-License-Identifier: Apache-2.0
-- campaign_gains: how much the others at an account's rare places speak against it, beside its own acts.
--   At each place the others count as the average of their e-values; over places too, by sessions. Never more than the
--   account's own evidence there, so that an address alone accuses nobody, and never more than the cap.
-- reads   place_evidence
-- gives   campaign_gains: one row per account at a shared place
-- binds   $cap
with

pooled as (
    select
        actor,
        evidence,
        rarity,
        sessions,
        ln((sum(exp(least(30, evidence))) over here - exp(least(30, evidence))) / (accounts - 1)) as others
    from place_evidence
    window here as (partition by kind, place)
),

gains as (
    select
        actor,
        sessions,
        greatest(0, least($cap, evidence, rarity * others)) as gain
    from pooled
)

select
    actor,
    round(ln(sum(sessions * exp(gain)) / sum(sessions)), 6) as gain
from gains
group by actor
