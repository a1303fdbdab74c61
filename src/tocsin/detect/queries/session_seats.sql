-- SPDX-License-Identifier: Apache-2.0
-- session_seats: the ways of acting that one session may hold: a logged session goes on wherever it is used,
--   another belongs to its device, address and client.
-- reads   session_habits
-- gives   session_seats: one row per habit of these accounts
-- binds   $first, $last
select
    habit,
    actor,
    session is not null as is_logged,
    min(habit) over (
        partition by
            source,
            account,
            session,
            case when session is null then device end,
            case when session is null then address end,
            case when session is null then client end
    ) as seat
from session_habits
where actor between $first and $last
