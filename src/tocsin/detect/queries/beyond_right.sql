-- SPDX-License-Identifier: Apache-2.0
-- beyond_right: persons obtained by an account whose directory does not let it see them.
--   1. local ids that are neither the account's own nor on its list
--   2. less those that are the same person as an allowed local id, by INS or by NIR and birth date
-- reads   obtained_persons, limited, registry
-- gives   beyond: one row per account and local id
-- binds   (none)

with

pairs as (
    select distinct
        account,
        person
    from obtained_persons
),

foreign_ids as (
    select
        o.*,
        l.allowed
    from pairs as o
    join limited as l
      on l.account = o.account
    where not list_contains(l.allowed, o.person)
),

allowed_ids as (
    select distinct
        account,
        unnest(allowed) as person
    from foreign_ids
),

allowed_keys as (
    select distinct
        a.account,
        r.ins,
        r.nir,
        r.birth_date
    from allowed_ids as a
    join registry as r
      on r.person = a.person
),

same_persons as (
    select distinct
        f.account,
        f.person
    from foreign_ids as f
    join registry as r
      on r.person = f.person
    join allowed_keys as k
      on k.account = f.account
    where k.ins = r.ins
       or (k.nir = r.nir and k.birth_date = r.birth_date)
)

select f.* exclude (allowed)
from foreign_ids as f
left join same_persons as s
  on s.account = f.account
 and s.person = f.person
where s.person is null
