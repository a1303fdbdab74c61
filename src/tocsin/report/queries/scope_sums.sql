-- SPDX-License-Identifier: Apache-2.0
-- scope_sums: where each event in scope went.
-- reads   acts, disclosures, nothing_shown, unresolved, uncovered, doubts, judged
-- gives   one row

select
    (select count(*) from judged) as events,
    (select count(distinct act_id) from acts) as acts,
    (select count(distinct event_id) from disclosures) as disclosed,
    (select count(*) from nothing_shown) as nothing_shown,
    (select count(*) from unresolved) as unresolved,
    (select count(*) from doubts where kind = 'set_aside') as set_aside,
    (select count(*) from uncovered) as uncovered,
    (select min(occurred_at) from acts) as first_at,
    (select max(occurred_at) + interval 1 microsecond from acts) as until_at
