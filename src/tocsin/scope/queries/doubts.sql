-- SPDX-License-Identifier: Apache-2.0
-- doubts: what was not read, or not told, and may hold something in scope.
-- reads   set_aside, named_aside, holes, hole_limits, suspect_rows, sessions_now, unknown, unknown_events, fates, events, registry, records
-- gives   doubts: one row per set-aside record, gap, or event that showed more than could be told (partial, past);
--         names is null of a record that was cut within a list: what was read of it is not all that it names
with reach as (
    -- A session is one of its source. One that was not logged is an account on a device, and ends with 30
    -- minutes of silence: nothing farther belongs to it.
    select
        s.* replace (coalesce(s.source, o.source) as source, coalesce(s.session, o.logged_session) as session),
        o.session_id is not null and o.logged_session is null as is_cut,
        o.account as cut_account,
        o.device as cut_device,
        o.address as cut_address,
        o.client as cut_client,
        case when o.logged_session is null then o.first_at - interval 30 minute end as reach_from,
        case when o.logged_session is null then o.last_at + interval 30 minute end as reach_until
    from suspect_rows as s
    left join sessions_now as o
        on o.session_id = s.session_id
    where s.verdict <> 'legitimate'
),
unread as (
    select
        a.*,
        -- Of a long record its beginning alone is kept, and nobody knows where it was cut.
        a.reason = 'broken' and length(a.text) >= 4096 as is_long,
        regexp_replace(a.text, '"(\\.|[^"\\])*("|$)', '', 'g') as unquoted
    from (
        select
            *,
            -- Of these all was read but the time: a field that they lack is not there.
            coalesce(reason in ('no_time', 'no_zone', 'no_such_time', 'no_year'), false) as is_whole
        from set_aside
    ) as a
    where exists (
        select 1
        from reach as s
        where coalesce(a.source = s.source, true)
            and coalesce(a.account = s.account, s.account is null or not a.is_whole)
            and coalesce(a.session = s.session, s.session is null or not a.is_whole)
            and coalesce(a.address = s.address, s.address is null or not a.is_whole)
            and coalesce(a.device = s.device, s.device is null or not a.is_whole)
            and coalesce(a.client = s.client, s.client is null or not a.is_whole)
            and coalesce(a.user_agent = s.user_agent, s.user_agent is null or not a.is_whole)
            and coalesce(a.file_name = s.file_name, s.file_name is null or not a.is_whole)
            and (not s.is_cut or a.session is null)
            and (not s.is_cut or a.account is not distinct from s.cut_account or a.account is null and not a.is_whole)
            and (not s.is_cut or a.device is not distinct from s.cut_device or a.device is null and not a.is_whole)
            and (not s.is_cut or a.address is not distinct from s.cut_address or a.address is null and not a.is_whole)
            and (not s.is_cut or a.client is not distinct from s.cut_client or a.client is null and not a.is_whole)
            and coalesce(a.occurred_at >= s.from_at, true)
            and coalesce(a.occurred_at < s.until_at, true)
            and coalesce(a.occurred_at >= s.reach_from, true)
            and coalesce(a.occurred_at <= s.reach_until, true)
    )
),
named_by_path as (
    select
        file_number,
        byte_offset,
        item,
        count(distinct named) as names
    from named_aside
    group by all
),
missing as (
    select
        g.source,
        g.node,
        g.kind,
        g.from_at,
        g.until_at,
        g.missing,
        min(greatest(g.from_at, s.from_at)) as doubt_from,
        max(least(g.until_at, s.until_at)) as doubt_until
    from holes as g
    inner join reach as s
        on coalesce(g.source = s.source, true)
        and coalesce(g.from_at < s.until_at, true)
        -- A hole within one instant is that instant.
        and (coalesce(s.from_at < g.until_at, true) or s.from_at = g.from_at)
        and coalesce(g.from_at <= s.reach_until, true)
        and coalesce(s.reach_from <= g.until_at, true)
    group by all
),
half_told as (
    select
        event_id,
        case when reason = 'past_unknown' then 'past' else 'partial' end as kind,
        -- One part without a bound leaves the whole without.
        case when count(*) = count(bound) then cast(sum(bound) as bigint) end as bound
    from unknown
    group by all
),
stand_ins as (
    -- Whoever stood there unknown is one of those whose rows stand in, or the one of a record that does.
    select
        (select count(distinct (registry, person)) from registry where stands_in)
            + (select count(distinct (record_type, record)) from records where stands_in) as persons
)
select
    'set_aside' as kind,
    u.source,
    u.file_number,
    u.byte_offset,
    u.item,
    null as node,
    occurred_at as from_at,
    null as until_at,
    case
        when is_long or reason = 'broken' and length(replace(unquoted, ']', '')) > length(replace(unquoted, '[', ''))
            then null
        when person is not null or len(persons) > 0
            then len(list_distinct(list_append(coalesce(persons, cast([] as varchar[])), person)))
        when record is not null then 1
        else n.names
    end as names,
    1 as missing,
    cast(null as bigint) as most_records,
    cast(null as bigint) as most_persons,
    cast(null as varchar[]) as categories,
    cast(null as varchar) as record_type
from unread as u
left join named_by_path as n
    on n.file_number = u.file_number
    and n.byte_offset = u.byte_offset
    and n.item = u.item
union all
select
    'gap',
    m.source,
    null,
    null,
    null,
    m.node,
    m.doubt_from,
    m.doubt_until,
    null,
    m.missing,
    l.most_records,
    l.most_persons,
    null,
    null
from missing as m
left join hole_limits as l
    on l.source = m.source
    and l.node is not distinct from m.node
    and l.kind = m.kind
    and l.from_at is not distinct from m.from_at
    and l.until_at is not distinct from m.until_at
    and l.missing is not distinct from m.missing
union all
select
    p.kind,
    e.source,
    e.file_number,
    e.byte_offset,
    e.event_id - ((e.file_number << 40) | e.byte_offset),
    e.node,
    e.occurred_at,
    null,
    least(p.bound, case when e.items >= 0 then e.items end),
    case when p.bound is not null then 1 end,
    null,
    case when p.kind = 'past' then (select persons from stand_ins) end,
    u.categories,
    u.record_type
from half_told as p
inner join unknown_events as u
    on u.event_id = p.event_id
inner join fates as f
    on f.event_id = p.event_id
inner join events as e
    on e.event_id = p.event_id
where f.fate = 'disclosed'
