-- SPDX-License-Identifier: Apache-2.0
-- unexplained_views: first views of a person that no relation explains.
-- reads   first_views, explained_views
-- gives   unexplained_views: one row per account and person
-- binds   (none)
select
    v.session,
    v.actor,
    v.number
from first_views as v
anti join explained_views as x
  on x.actor = v.actor
 and x.number = v.number
