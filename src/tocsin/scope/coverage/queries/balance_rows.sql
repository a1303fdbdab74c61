-- SPDX-License-Identifier: Apache-2.0
-- balance_rows: sessions of which a node holds nothing, though chance would have given it some: lines taken out.
--   The probability of none, times the sessions and nodes tried (Bonferroni), stays below one in a hundred.
-- reads   session_nodes, balance_fit
-- gives   balance_rows: one row per session and node found, in the shape of `coverage`
select
    s.source,
    s.node,
    'balance' as test,
    s.from_at,
    s.until_at,
    s.account,
    cast(null as bigint) as most_records,
    to_json({
        'events': s.events,
        'expected': round(s.expected, 1),
        'tried': f.tried,
        'log10_p': round(s.log_p / ln(10), 1)
    }) as figures,
    false as is_hole
from session_nodes as s
inner join balance_fit as f
    on f.source = s.source
    and f.fits
where s.held = 0
    and s.log_p + ln(f.tried) < ln(0.01)
union all
select
    source,
    null,
    case when with_power >= 20 then 'sticky' else 'few' end,
    null,
    null,
    null,
    null,
    to_json({'tried': tried, 'with_power': with_power}),
    false
from balance_fit
where not fits
