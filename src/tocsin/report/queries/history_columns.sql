-- SPDX-License-Identifier: Apache-2.0
-- history_columns: how often each column of a rebuilt past is wrong, over all copies held out.
-- reads   history_errors
-- gives   one row per registry or table of records and column
select
    "of",
    "column",
    cast(sum(compared) as bigint)      as compared,
    cast(sum(wrong) as bigint)         as wrong,
    cast(sum(known) as bigint)         as known,
    cast(sum(known_wrong) as bigint)   as known_wrong
from history_errors
where "column" <> 'row'
group by "of", "column"
order by "of", "column"
