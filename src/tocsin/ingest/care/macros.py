# SPDX-License-Identifier: Apache-2.0
"""Small words of HL7 v2 and FHIR as SQL macros: values without escapes, times, references, types.

A time without a zone is the case's. HL7 v2.5 §2.16 (escapes), §2.A.77 (TS); FHIR R4 dateTime and Reference.
"""

from __future__ import annotations

MACROS = (
    # HL7's null is two double quotes: a value taken away, not a value.
    """create or replace temp macro hl7_value(said) as case when said = '""' then '' else trim(said) end""",
    """
create or replace temp macro hl7_text(said, esc, bar, hat, amp, tilde) as case
    when said is null or not contains(said, esc) then trim(said)
    else trim(replace(replace(replace(replace(replace(said,
        esc || 'F' || esc, bar), esc || 'S' || esc, hat), esc || 'T' || esc, amp),
        esc || 'R' || esc, tilde), esc || 'E' || esc, esc))
end""",
    # The identifiers of a CX field that repeats (v2.5 §2.A.14): authority by name and OID, and type.
    """
create or replace temp macro hl7_cx(repeats, esc, bar, hat, amp, tilde) as list_transform(
    list_filter(repeats, lambda one: split_part(one, hat, 1) not in ('', '""')),
    lambda one: {
        'id': hl7_text(split_part(one, hat, 1), esc, bar, hat, amp, tilde),
        'name': split_part(split_part(one, hat, 4), amp, 1),
        'oid': split_part(split_part(one, hat, 4), amp, 2),
        'kind': split_part(one, hat, 5)
    })""",
    r"""
create or replace temp macro hl7_at(said, zone) as case
    when not regexp_full_match(said, '\d{8}(\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?)?([+-]\d{4})?') then null
    when regexp_matches(said, '[+-]\d{4}$') then try_cast(
        strftime(
            try_strptime(rpad(regexp_extract(said, '^\d+'), 14, '0'), '%Y%m%d%H%M%S'), '%Y-%m-%dT%H:%M:%S'
        ) || substr(said, length(said) - 4, 3) || ':' || right(said, 2) as timestamptz)
    else try_strptime(rpad(regexp_extract(said, '^\d+'), 14, '0'), '%Y%m%d%H%M%S') at time zone zone
end""",
    # A type is a word of the sender's: what is no type at all is not repeated.
    r"""
create or replace temp macro hl7_type(kind, trigger_event) as case
    when regexp_full_match(kind, '[A-Z][A-Z0-9]{2}') and regexp_full_match(trigger_event, '[A-Z0-9]{3}')
        then kind || '^' || trigger_event
    when regexp_full_match(kind, '[A-Z][A-Z0-9]{2}') then kind
    else 'other'
end""",
    """
create or replace temp macro fhir_type(kind) as
    case when regexp_full_match(kind, '[A-Z][A-Za-z]{2,40}') then kind else 'other' end""",
    # Type/id of a relative or absolute reference, without its version; a urn stays what it is.
    r"""
create or replace temp macro fhir_reference(said) as case
    when said like 'urn:%' then said
    else nullif(regexp_extract(said, '([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(/_history/[^/]*)?$', 1), '')
end""",
    r"""
create or replace temp macro fhir_from(said, zone) as case
    when regexp_full_match(said, '\d{4}') then try_strptime(said || '-01-01', '%Y-%m-%d') at time zone zone
    when regexp_full_match(said, '\d{4}-\d\d') then try_strptime(said || '-01', '%Y-%m-%d') at time zone zone
    when regexp_full_match(said, '\d{4}-\d\d-\d\d') then try_strptime(said, '%Y-%m-%d') at time zone zone
    when regexp_full_match(said, '\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)')
        then try_cast(said as timestamptz)
end""",
    # A period that ends on a day or a month holds all of it (FHIR R4, Period.end).
    r"""
create or replace temp macro fhir_until(said, zone) as case
    when regexp_full_match(said, '\d{4}')
        then (try_strptime(said || '-01-01', '%Y-%m-%d') + interval 1 year) at time zone zone
    when regexp_full_match(said, '\d{4}-\d\d')
        then (try_strptime(said || '-01', '%Y-%m-%d') + interval 1 month) at time zone zone
    when regexp_full_match(said, '\d{4}-\d\d-\d\d')
        then (try_strptime(said, '%Y-%m-%d') + interval 1 day) at time zone zone
    else fhir_from(said, zone)
end""",
)
