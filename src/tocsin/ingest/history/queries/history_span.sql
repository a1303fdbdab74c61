-- SPDX-License-Identifier: Apache-2.0
-- history_span: how far a rebuilt past reaches, and of how many of its rows something is not known.
-- reads   history_rows, history_said
-- gives   histories: the row of one registry or table of records
-- binds   $of
select
    $of as of,
    count(*)                                         as "rows",
    count(*) filter (where r.doubts is not null)     as doubtful_rows,
    count(distinct r.key)                            as keys,
    (select min(said_at) from history_said)               as from_at,
    (select max(said_at) from history_said)               as until_at
from history_rows as r
