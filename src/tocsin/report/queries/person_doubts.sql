-- SPDX-License-Identifier: Apache-2.0
-- person_doubts: what in scope could yet hold an access to anybody.
-- reads   unresolved, doubts, uncovered, judged
-- gives   one row

select
    (select count(*) from unresolved)
        + (select count(*) from doubts where kind in ('partial', 'past')) as unresolved,
    (select count(*) from doubts where kind = 'set_aside') as set_aside,
    (select count(*) from doubts where kind = 'gap') as gaps,
    (select count(*) from uncovered) as uncovered,
    (select count(*) from judged) as in_scope
