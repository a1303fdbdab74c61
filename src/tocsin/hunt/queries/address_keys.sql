-- SPDX-License-Identifier: Apache-2.0
-- address_keys: each address of the events as 32 hexadecimal digits, so that ranges compare as texts.
-- reads   events
-- gives   address_keys: one row per address; IPv4 as mapped into IPv6 (RFC 4291, 2.5.5.2)
with addresses as (
    select distinct address
    from events
    where address is not null
),
-- Canonical IPv6 (RFC 5952): `::` stands once, for as many groups of naught as are missing.
halves as (
    select
        address,
        list_filter(string_split(split_part(address, '::', 1), ':'), lambda g: g <> '') as before,
        list_filter(string_split(split_part(address, '::', 2), ':'), lambda g: g <> '') as behind
    from addresses
    where regexp_full_match(address, '[0-9a-f:]+')
        and contains(address, ':')
),
sixes as (
    select
        address,
        array_to_string(
            list_transform(
                list_concat(
                    list_concat(before, list_transform(range(8 - len(before) - len(behind)), lambda n: '0')),
                    behind
                ),
                lambda g: lpad(g, 4, '0')
            ),
            ''
        ) as key
    from halves
    where len(before) + len(behind) <= 8
),
fours as (
    select
        address,
        '00000000000000000000ffff' || array_to_string(
            list_transform(
                string_split(address, '.'),
                lambda g: lpad(lower(to_hex(try_cast(g as utinyint))), 2, '0')
            ),
            ''
        ) as key
    from addresses
    where regexp_full_match(address, '[0-9]{1,3}([.][0-9]{1,3}){3}')
)
select
    address,
    key
from sixes
where length(key) = 32
union all
select
    address,
    key
from fours
where length(key) = 32
