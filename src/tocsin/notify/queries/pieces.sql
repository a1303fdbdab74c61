-- SPDX-License-Identifier: Apache-2.0
-- pieces: contact data cleaned and taken apart, each with what is wrong with it.
-- reads   contacts
-- gives   pieces: as contacts, with the mobile number (E.164), what is wrong with each, street and last line
-- binds   $countries, $unseen, $uses_sms

with

cleaned as (
    select
        person_id,
        rank,
        holder_name,
        doubt,
        trim(email) as email,
        -- +33 (0)6 is written for both uses.
        regexp_replace(regexp_replace(phone, '[\s.()/-]', '', 'g'), '^(\+33|0033)0', '\1') as phone,
        list_filter(
            list_transform(
                regexp_split_to_array(address, '[,;\n\r]+'),
                lambda piece: trim(regexp_replace(piece, $unseen, ' ', 'g'))
            ),
            lambda piece: piece <> ''
        ) as given
    from contacts
),

ended as (
    select
        *,
        upper(strip_accents(given[-1])) as last_piece
    from cleaned
),

home as (
    select
        *,
        case
            when last_piece = 'FRANCE' then given[:-2]
            else given
        end as parts,
        last_piece <> 'FRANCE' and list_contains($countries, last_piece) as is_abroad
    from ended
),

joined as (
    select
        *,
        -- A postcode and its town may have come as two columns.
        case
            when len(parts) > 1 and regexp_full_match(parts[-2], '\d{5}')
                then list_append(parts[:-3], parts[-2] || ' ' || parts[-1])
            else parts
        end as whole
    from home
),

split as (
    select
        *,
        regexp_extract(whole[-1], '^(.*?)\s*\b(\d{5})\s+(\D+)$', ['before', 'postcode', 'town']) as found
    from joined
),

-- Who takes text messages: France, and overseas by the prefixes of the numbering plan (ARCEP).
dialled as (
    select
        *,
        regexp_extract(phone, '^(?:\+33|0033|0)([67]\d{8})$', 1) as national,
        regexp_extract(
            phone,
            '^(?:\+|00)((?:262(?:639|692|693)|590(?:690|691)|594694|596(?:696|697))\d{6}|50855\d{4}|687[789]\d{5}|6898[79]\d{6})$',
            1
        ) as overseas
    from split
),

called as (
    select
        *,
        case
            when overseas <> '' then '+' || overseas
            when national = '' then null
            when national[:3] in ('639', '692', '693') then '+262' || national
            when national[:3] in ('690', '691') then '+590' || national
            when national[:3] = '694' then '+594' || national
            when national[:3] in ('696', '697') then '+596' || national
            else '+33' || national
        end as mobile
    from dialled
)

select
    person_id,
    rank,
    holder_name,
    doubt,
    mobile,
    case
        when regexp_full_match(email, '[^@]+@[^@]+')
            then split_part(email, '@', 1) || '@' || lower(split_part(email, '@', 2))
        else email
    end as email,
    case
        when email is null then null
        when not regexp_full_match(email, '[\x20-\x7e]+') then 'email_not_ascii'
        when length(email) > 254
          or email like '%..%'
          or not regexp_full_match(
              lower(email),
              '[a-z0-9!#$%&''*+/=?^_`{|}~-][a-z0-9.!#$%&''*+/=?^_`{|}~-]{0,63}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}'
          )
          or email like '%.@%'
            then 'email_malformed'
        when regexp_full_match(
            split_part(lower(email), '@', 1),
            '(no-?reply|nepasrepondre|ne-pas-repondre|inconnue?|aucune?|sans-?mail|pas-?de-?mail|nomail|x{2,})'
        )
            then 'email_placeholder'
    end as email_fault,
    case
        when phone is null then null
        when not regexp_full_match(phone, '(\+33|0033|0)[1-9]\d{8}|(\+|00)(?:[124-9]\d|3[0-24-9])\d{5,12}')
            then 'phone_malformed'
        when $uses_sms and mobile is null then 'phone_not_mobile'
    end as phone_fault,
    case
        when coalesce(len(given), 0) = 0 then null
        when is_abroad and len(given) < 3 then 'address_incomplete'
        when is_abroad then null
        when found.postcode = '' then 'address_no_postcode'
        when not regexp_full_match(found.postcode, '(0[1-9]|[1-8]\d|9[0-8])\d{3}')
            then 'address_bad_postcode'
        when len(whole) = 1 and found.before = '' then 'address_no_street'
    end as address_fault,
    case
        when is_abroad then given[:-2]
        when found.before <> '' then list_append(whole[:-2], found.before)
        else whole[:-2]
    end as street,
    case
        when is_abroad then last_piece
        when found.postcode <> '' then found.postcode || ' ' || upper(strip_accents(found.town))
    end as last_line
from called
