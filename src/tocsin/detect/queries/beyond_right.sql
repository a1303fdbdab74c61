-- SPDX-License-Identifier: Apache-2.0
-- beyond_right: persons obtained by an account whose directory does not let it see them.
--   1. local ids that are neither the account's own nor on its list, in their registry
--   2. less those that are the same person as an allowed local id, by INS or by NIR and birth date
--   An id whose registry nothing tells is compared by its number alone: a hard fact needs both.
-- reads   obtained_persons, limited, registry
-- gives   beyond: one row per account, registry and local id
-- binds   $several

with

pairs as (
    select distinct
        account,
        registry,
        person
    from obtained_persons
),

foreign_ids as (
    select o.*
    from pairs as o
    anti join limited as l
      on l.account = o.account
     and l.person = o.person
     and (l.registry = o.registry or l.registry is null or o.registry is null)
),

held as (
    select
        case when cast($several as boolean) then registry else '' end as registry,
        person,
        ins,
        nir,
        birth_date
    from registry
),

allowed_keys as (
    select distinct
        l.account,
        h.ins,
        h.nir,
        h.birth_date
    from limited as l
    join held as h
      on h.person = l.person
     and (h.registry = l.registry or l.registry is null)
    where l.account in (select f.account from foreign_ids as f)
),

same_persons as (
    select distinct
        f.account,
        f.registry,
        f.person
    from foreign_ids as f
    join held as h
      on h.person = f.person
     and (h.registry = f.registry or f.registry is null)
    join allowed_keys as k
      on k.account = f.account
    where k.ins = h.ins
       or (k.nir = h.nir and k.birth_date = h.birth_date)
)

select f.*
from foreign_ids as f
anti join same_persons as s
  on s.account = f.account
 and s.person = f.person
 and s.registry is not distinct from f.registry
