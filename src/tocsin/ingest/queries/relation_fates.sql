-- SPDX-License-Identifier: Apache-2.0
-- relation_fates: the rows of one table of relations, each with its fate.
--   A single instant explains accesses some days before and after it; a null bound is open.
-- reads   relation_source
-- gives   one row per row of theirs: kept, or why it is left out
-- binds   $relations, $days, $cancelled
with

spans as (
    select
        *,
        case
            when cast($days as bigint) is null then cast("from" as timestamptz)
            else cast("from" as timestamptz) - to_days(cast($days as integer))
        end as from_at,
        case
            when cast($days as bigint) is null then cast(until as timestamptz)
            else cast("from" as timestamptz) + to_days(cast($days as integer))
        end as until_at
    from relation_source
),

reasoned as (
    select
        *,
        case
            when person is null then 'no_person'
            when account is null and professional_id is null and organisation is null then 'nobody'
            when lower(trim(status)) in (select lower(trim(unnest(cast($cancelled as varchar[]))))) then 'cancelled'
            when "a date is unread" then 'no_date'
            when until_at <= from_at then 'backwards'
        end as reason
    from spans
),

-- A row that is left out, a cancelled one say, is no first copy of one that holds.
fated as (
    select
        *,
        row_number() over (
            partition by reason, registry, person, account, professional_id, organisation, from_at, until_at, kind
        ) as place
    from reasoned
)

select
    $relations as relations,
    account,
    professional_id,
    organisation,
    registry,
    person,
    from_at,
    until_at,
    coalesce(kind, $relations) as kind,
    coalesce(reason, case when place > 1 then 'twice' else 'kept' end) as fate
from fated
