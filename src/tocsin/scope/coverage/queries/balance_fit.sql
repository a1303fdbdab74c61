-- SPDX-License-Identifier: Apache-2.0
-- balance_fit: whether the nodes of a source share each session's records by chance, record by record.
--   Of the sessions of which a node should almost surely hold something, at most a tenth may lack it, and their
--   spread may be at most three times that of chance; else sessions stick to nodes, and a node without a record
--   of one says nothing.
-- reads   session_nodes
-- gives   balance_fit: one row per source with several nodes
select
    source,
    count(*) as tried,
    count(*) filter (where log_p < ln(0.01)) as with_power,
    coalesce(
        count(*) filter (where log_p < ln(0.01) and held = 0)
        <= 0.1 * count(*) filter (where log_p < ln(0.01))
        and median((held - expected) * (held - expected) / greatest(expected * (1 - expected / events), 0.01))
            filter (where log_p < ln(0.01)) <= 3
        and count(*) filter (where log_p < ln(0.01)) >= 20,
        false
    ) as fits
from session_nodes
where events > 1
    and expected < events
group by source
