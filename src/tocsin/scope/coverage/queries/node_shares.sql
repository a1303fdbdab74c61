-- SPDX-License-Identifier: Apache-2.0
-- node_shares: what part of a source's records each of its nodes writes in each hour.
-- reads   busy
-- gives   node_shares: one row per source, node and hour in which the node tells something
select
    n.source,
    n.node,
    n.hour,
    n.events / w.events as share
from busy as n
inner join busy as w
    on w.source = n.source
    and w.hour = n.hour
    and w.node is null
where n.node is not null
