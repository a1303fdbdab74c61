-- SPDX-License-Identifier: Apache-2.0
-- role_hours: at what hours a role begins its sessions.
-- reads   session_features
-- gives   role_hours: one row per role and hour
-- binds   (none)
select
    role,
    hour,
    count(*) / sum(count(*)) over (partition by role) as share
from session_features
group by role, hour
