-- SPDX-License-Identifier: Apache-2.0
-- split_sums: sessions and persons of the accounts that were split, by class, and who is kept off the notices.
-- reads   split_sessions, split_persons
-- gives   one row
-- binds   (none)

with

sessions as (
    select
        count(distinct account)                            as accounts,
        count(*) filter (where "class" = 'confirmed')      as confirmed,
        count(*) filter (where "class" = 'likely')         as likely,
        count(*) filter (where "class" = 'possible')       as possible,
        count(*) filter (where "class" = 'excluded')       as excluded
    from split_sessions
),

persons as (
    select
        count(*) filter (where "class" = 'confirmed')      as confirmed,
        count(*) filter (where "class" = 'likely')         as likely,
        count(*) filter (where "class" = 'possible')       as possible,
        count(*) filter (where "class" = 'excluded')       as excluded,
        count(*) filter (where kept_off = 'threshold')     as under_threshold
    from split_persons
)

select
    s.accounts,
    struct_pack(
        confirmed := s.confirmed,
        likely := s.likely,
        possible := s.possible,
        excluded := s.excluded
    ) as sessions,
    struct_pack(
        confirmed := p.confirmed,
        likely := p.likely,
        possible := p.possible,
        excluded := p.excluded
    ) as persons,
    p.under_threshold
from sessions as s
cross join persons as p
