-- SPDX-License-Identifier: Apache-2.0
-- scope_figures: the stage in figures.
-- reads   judged, disclosures, nothing_shown, unresolved, uncovered, doubts, suspects
-- gives   one row
select
    (select count(*) from judged) as events,
    (select count(distinct event_id) from disclosures) as disclosed,
    (select count(*) from nothing_shown) as nothing_shown,
    (select count(*) from unresolved) as unresolved,
    (select count(*) from uncovered) as uncovered,
    (select count(*) from doubts where kind = 'set_aside') as set_aside,
    (select count(*) from suspects where origin = 'proposed') as proposed
