-- SPDX-License-Identifier: Apache-2.0
-- recipients: the one way by which each person is told, and why that one.
-- reads   told, standing, reached, wrapped, shared_mailboxes, shared_phones, suppressed, answered
-- gives   recipients: one row per person to inform
-- binds   $prefers_post, $most, $uses_sms

with

known as (
    select
        t.person_id,
        t.controllers,
        t.facts,
        t.categories,
        t.certainties,
        t.days,
        coalesce(s.kind, 'person') as kind,
        s.registry,
        s.person,
        s.in_registry,
        s.is_deceased,
        s.is_minor,
        s.guardian,
        nullif(s.name, '') as name,
        x.rule,
        a.route,
        coalesce(a.asks_for_nothing, false) as asks_for_nothing,
        coalesce(r.mailboxes, 0) as mailboxes,
        coalesce(m.persons, 0) as mailbox_persons,
        r.email as mailbox,
        case
            when r.email is null then null
            when s.guardian is null and s.is_minor then null
            when s.guardian is null and m.persons > $most then null
            else r.email
        end as email,
        case
            when not w.is_too_long then w.lines
        end as lines,
        case
            when not $uses_sms then null
            when s.guardian is null and s.is_minor then null
            when h.persons > $most then null
            else r.phone
        end as phone,
        r.person_id is not null as has_holder,
        list_sort(
            list_concat(
                coalesce(r.faults, cast([] as varchar[])),
                case when w.is_too_long then ['address_too_long'] else cast([] as varchar[]) end,
                case when s.in_registry and coalesce(s.name, '') = '' then ['name_missing'] else cast([] as varchar[]) end
            )
        ) as faults
    from told as t
    left join standing as s
      on s.person_id = t.person_id
    left join reached as r
      on r.person_id = t.person_id
    left join wrapped as w
      on w.person_id = t.person_id
    left join shared_mailboxes as m
      on m.email = r.email
    left join shared_phones as h
      on h.phone = r.phone
    left join suppressed as x
      on x.person_id = t.person_id
    left join answered as a
      on a.person_id = t.person_id
),

routed as (
    select
        *,
        case
            when rule is not null or asks_for_nothing then 'suppressed'
            when is_deceased and guardian is null then 'suppressed'
            when name is null then 'none'
            when email is not null and not ($prefers_post and lines is not null) then 'email'
            when lines is not null then 'post'
            when phone is not null then 'sms'
            else 'none'
        end as channel
    from known
)

select
    person_id,
    kind,
    case when channel in ('email', 'post', 'sms') then registry end as registry,
    case when channel in ('email', 'post', 'sms') or kind = 'account' then person end as person,
    case
        when guardian is not null or is_minor then 'representative'
        else 'person'
    end as addressee,
    channel,
    case
        when rule is not null then 'rule'
        when asks_for_nothing then 'asked_not_to'
        when is_deceased and guardian is null then 'deceased'
        when not coalesce(in_registry, false) then 'not_in_registry'
        when kind = 'account' and not has_holder then 'no_contact'
        when name is null then 'name_missing'
        when route = 'not_me' and channel = 'none' then 'not_me'
        when route = 'moved' and guardian is null and channel <> 'none' then 'moved'
        when guardian is not null and not has_holder then 'representative_unknown'
        when guardian is not null and channel <> 'none' then 'representative'
        when is_minor and channel = 'post' then 'minor_by_post'
        when is_minor then 'minor_without_address'
        when channel = 'email' then 'best_way'
        when channel = 'post' and $prefers_post then 'best_way'
        when channel = 'sms' then 'only_mobile'
        when mailbox is not null and email is null then 'mailbox_shared'
        when channel = 'none' and len(list_filter(faults, lambda fault: fault like 'contact%')) > 0
            then 'contact_untrusted'
        when len(list_filter(faults, lambda fault: fault like 'email%')) > 0 then 'email_wrong'
        when channel = 'post' then 'no_email'
        when len(list_filter(faults, lambda fault: fault <> 'phone_not_mobile')) > 0 then 'contact_wrong'
        else 'no_contact'
    end as reason,
    rule,
    faults,
    mailboxes,
    mailbox_persons,
    controllers,
    facts,
    categories,
    certainties,
    days,
    name,
    email,
    lines,
    phone
from routed
