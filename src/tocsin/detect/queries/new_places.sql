-- SPDX-License-Identifier: Apache-2.0
-- new_places: when an account first used a place that nobody of its organisation had used before.
--   A place that another account of the organisation used before is a workstation, not a new place.
-- reads   account_places
-- gives   new_places: one row per account and place
-- binds   (none)
select
    kind,
    place,
    actor,
    first_at
from account_places
qualify organisation is null
     or first_at = min(first_at) over (partition by kind, organisation, place)
