-- SPDX-License-Identifier: Apache-2.0
-- renewed: a password, factor or device of an account was renewed, and within a day a new place read in bulk.
--   The event tells of its own account, or of the one that it names as its object.
-- reads   events, actors, session_features
-- gives   one row per account: its largest such session
-- binds   (none)
with

renewals as (
    select
        coalesce(t.account, e.account) as account,
        e.event_id,
        e.occurred_at
    from events as e
    left join actors as t
      on t.account = e.object
    where e.action in ('update', 'create', 'admin')
      and e.outcome <> 'failure'
      and e.person is null
      and regexp_matches(
          lower(concat_ws(' ', e.object_type, e.object, e.detail)),
          'passw|mot.?de.?passe|credential|totp|\botp|mfa|second.?factor|authenticator|webauthn|fido|enrol'
      )
),

-- The renewal itself may be the first thing done there.
firsts as (
    select
        account,
        first_at,
        case when is_new_device then device end   as device,
        case when is_new_address then address end as address
    from session_features
    where (is_new_device or is_new_address)
      and turn > 5
),

followed as (
    select
        n.account,
        n.occurred_at as renewed_at,
        f.first_at,
        f.last_at,
        f.events,
        f.new_persons,
        date_diff('minute', n.occurred_at, f.first_at) as minutes
    from renewals as n
    join session_features as f
      on f.account = n.account
     and f.first_at >= n.occurred_at
     and f.first_at < n.occurred_at + interval 1 day
    semi join firsts as p
      on p.account = n.account
     and p.first_at between n.occurred_at - interval 1 hour and f.first_at
     and (p.device = f.device or p.address = f.address)
    where f.new_persons >= 10
      and not f.is_declared
)

select
    account,
    arg_max(minutes, new_persons)           as minutes,
    cast(max(new_persons) as double)        as score,
    0.45                                    as p,
    arg_max(renewed_at, new_persons)        as first_at,
    arg_max(last_at, new_persons)           as last_at,
    arg_max(events, new_persons)            as events,
    max(new_persons)                        as persons
from followed
group by account
