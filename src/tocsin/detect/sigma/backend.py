# SPDX-License-Identifier: Apache-2.0
"""The pySigma backend: a rule's condition as a SQL test over `events`.

Values reach the text through the store's `literal` alone, names through its `quote`. A test is never null:
a field that is absent matches nothing, and its negation does.
"""

# ruff: noqa: ARG002  # pySigma calls each method with all of them

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn, TypeVar

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.conversion.base import Backend
from sigma.conversion.state import ConversionState
from sigma.correlations import SigmaCorrelationRule
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import FieldMappingTransformation
from sigma.types import (
    CompareOperators,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaFieldReference,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
    TimestampPart,
)

from tocsin.core.words import _
from tocsin.detect.sigma.fields import TAXONOMY, Column, find_column
from tocsin.detect.sigma.refusals import RefusedError
from tocsin.store.query import literal

T = TypeVar("T")

_ESCAPE = "\\"
_SIGNS = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "<>",
}
_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}
_PARTS = {
    TimestampPart.MINUTE: "minute",
    TimestampPart.HOUR: "hour",
    TimestampPart.DAY: "day",
    TimestampPart.WEEK: "week",
    TimestampPart.MONTH: "month",
    TimestampPart.YEAR: "year",
}


def taxonomy_pipeline() -> ProcessingPipeline:
    """Fields of Sigma's taxonomy to columns of `events`."""
    mapping: dict[str | None, str | list[str]] = dict(TAXONOMY.items())
    item = ProcessingItem(identifier="tocsin-taxonomy", transformation=FieldMappingTransformation(mapping))
    return ProcessingPipeline(name="tocsin", priority=20, items=[item])


class EventsBackend(Backend):
    """Conditions of event rules; correlations are composed from their tables by `correlations`."""

    name: ClassVar[str] = "tocsin events"
    backend_processing_pipeline: ClassVar[ProcessingPipeline] = taxonomy_pipeline()
    zone = "UTC"
    """IANA zone of the case: in which hours and days are told."""

    # --- connectives ---

    def convert_condition_or(self, cond: ConditionOR, state: ConversionState) -> str:
        return "(" + " or ".join(self._each(cond, state)) + ")"

    def convert_condition_and(self, cond: ConditionAND, state: ConversionState) -> str:
        return "(" + " and ".join(self._each(cond, state)) + ")"

    def convert_condition_not(self, cond: ConditionNOT, state: ConversionState) -> str:
        return f"not {self._each(cond, state)[0]}"

    def convert_condition_as_in_expression(
        self, cond: ConditionOR | ConditionAND, state: ConversionState
    ) -> str:
        if isinstance(cond, ConditionOR):
            return self.convert_condition_or(cond, state)
        return self.convert_condition_and(cond, state)

    def _each(self, cond: ConditionOR | ConditionAND | ConditionNOT, state: ConversionState) -> list[str]:
        found = [self.convert_condition(arg, state) for arg in cond.args]
        if not found or None in found:
            raise RefusedError(_("a condition that tests nothing"))
        return found

    # --- values ---

    def convert_condition_field_eq_val_str(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return _of_column(cond, lambda sql: _string_sql(sql, _value(cond, SigmaString), cased=False))

    def convert_condition_field_eq_val_str_case_sensitive(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return _of_column(cond, lambda sql: _string_sql(sql, _value(cond, SigmaString), cased=True))

    def convert_condition_field_eq_val_num(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        number = _number_sql(_value(cond, SigmaNumber))
        return _of_column(cond, lambda sql: f"try_cast({sql} as double) = {number}")

    def convert_condition_field_eq_val_bool(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        said = "true" if cond.value else "false"
        return _of_column(cond, lambda sql: f"lower(cast({sql} as varchar)) = {literal(said)}")

    def convert_condition_field_eq_val_null(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return f"({_column(cond.field).sql} is null)"

    def convert_condition_field_exists(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return f"({_column(cond.field).sql} is not null)"

    def convert_condition_field_not_exists(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return f"({_column(cond.field).sql} is null)"

    def convert_condition_field_eq_val_re(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        value = _value(cond, SigmaRegularExpression)
        flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
        pattern = _text_sql((f"(?{flags})" if flags else "") + str(value.regexp))
        return _of_column(cond, lambda sql: f"regexp_matches(cast({sql} as varchar), {pattern})")

    def convert_condition_field_eq_val_cidr(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        network = _value(cond, SigmaCIDRExpression).network
        if network.version != 4:
            raise RefusedError(_("a network of IPv6 addresses"))
        first, last = int(network.network_address), int(network.broadcast_address)
        return _of_column(cond, lambda sql: f"{_ipv4_sql(sql)} between {first} and {last}")

    def convert_condition_field_compare_op_val(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        value = _value(cond, SigmaCompareExpression)
        if isinstance(value.number, SigmaTimestampPart):
            part = self._part_sql(cond.field, value.number.timestamp_part)
            return f"coalesce({part} {_SIGNS[value.op]} {_number_sql(value.number)}, false)"
        number, sign = _number_sql(value.number), _SIGNS[value.op]
        return _of_column(cond, lambda sql: f"try_cast({sql} as double) {sign} {number}")

    def convert_condition_field_eq_val_timestamp_part(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        value = _value(cond, SigmaTimestampPart)
        part = self._part_sql(cond.field, value.timestamp_part)
        return f"coalesce({part} = {_number_sql(value)}, false)"

    def convert_condition_field_eq_field(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        value = _value(cond, SigmaFieldReference)
        other = _column(value.field)
        if value.starts_with or value.ends_with or other.kind == "list":
            raise RefusedError(_("a part of another field"))
        text = f"cast({other.sql} as varchar)"
        return _of_column(cond, lambda sql: f"lower(cast({sql} as varchar)) = lower({text})")

    def _part_sql(self, field: str, part: TimestampPart) -> str:
        column = _column(field)
        if column.kind != "instant":
            raise RefusedError(_("the part of a time of '{field}', which is no instant"), field=field)
        return f"date_part({literal(_PARTS[part])}, {column.sql} at time zone {literal(self.zone)})"

    # --- what has no place here ---

    def convert_condition_field_eq_query_expr(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> NoReturn:
        raise RefusedError(_("a query of another system"))

    def convert_condition_query_expr(
        self, cond: ConditionValueExpression, state: ConversionState
    ) -> NoReturn:
        raise RefusedError(_("a query of another system"))

    def convert_condition_val_str(self, cond: ConditionValueExpression, state: ConversionState) -> NoReturn:
        raise RefusedError(_("a search without a field"))

    def convert_condition_val_num(self, cond: ConditionValueExpression, state: ConversionState) -> NoReturn:
        raise RefusedError(_("a search without a field"))

    def convert_condition_val_re(self, cond: ConditionValueExpression, state: ConversionState) -> NoReturn:
        raise RefusedError(_("a search without a field"))

    def _no_correlation(
        self, rule: SigmaCorrelationRule, output_format: str | None = None, method: str = "default"
    ) -> list[Any]:
        raise RefusedError(_("the correlation {kind}"), kind=rule.type.name.lower())

    convert_correlation_event_count_rule = _no_correlation
    convert_correlation_value_count_rule = _no_correlation
    convert_correlation_temporal_rule = _no_correlation
    convert_correlation_temporal_ordered_rule = _no_correlation
    convert_correlation_extended_temporal_rule = _no_correlation
    convert_correlation_extended_temporal_ordered_rule = _no_correlation
    convert_correlation_value_sum_rule = _no_correlation
    convert_correlation_value_avg_rule = _no_correlation
    convert_correlation_value_percentile_rule = _no_correlation
    convert_correlation_value_median_rule = _no_correlation


def _column(field: str | None) -> Column:
    found = find_column(field or "")
    if found is None:
        raise RefusedError(_("the field '{field}'"), field=str(field)[:60])
    return found


def _value(cond: ConditionFieldEqualsValueExpression, kind: type[T]) -> T:
    assert isinstance(cond.value, kind)  # noqa: S101  # pySigma dispatches by this very type
    return cond.value


def _of_column(cond: ConditionFieldEqualsValueExpression, test: Callable[[str], str]) -> str:
    """The test on a column's value, or on any of a list's; false where it is absent."""
    column = _column(cond.field)
    if column.kind == "list":
        return f"coalesce(len(list_filter({column.sql}, lambda one: {test('one')})) > 0, false)"
    return f"coalesce({test(column.sql)}, false)"


def _text_sql(text: str) -> str:
    if "\0" in text:
        raise RefusedError(_("a value with a null sign"))
    return literal(text)


def _number_sql(value: SigmaNumber) -> str:
    number = float(value.number)
    if not math.isfinite(number):
        raise RefusedError(_("a number without end"))
    return f"cast({literal(repr(number))} as double)"


def _string_sql(sql: str, value: SigmaString, *, cased: bool) -> str:
    """Equality, or LIKE where there are wildcards; letters of either case unless `cased`."""
    held = f"cast({sql} as varchar)"
    parts = list(value.s)
    if not parts:
        return f"coalesce({held}, '') = ''"
    plain = all(isinstance(part, str) for part in parts)
    text = _text_sql("".join(_like(part, escaped=not plain) for part in parts))
    operator = "=" if plain else "like"
    ending = "" if plain else f" escape {literal(_ESCAPE)}"
    return f"{held} {operator} {text}{ending}" if cased else f"lower({held}) {operator} lower({text}){ending}"


def _like(part: object, *, escaped: bool) -> str:
    if isinstance(part, str):
        return re.sub(r"([\\%_])", r"\\\1", part) if escaped else part
    if part is SpecialChars.WILDCARD_MULTI:
        return "%"
    if part is SpecialChars.WILDCARD_SINGLE:
        return "_"
    raise RefusedError(_("a placeholder (%name%)"))


def _ipv4_sql(sql: str) -> str:
    parts = [f"cast(split_part({sql}, '.', {n}) as bigint) * {256 ** (4 - n)}" for n in range(1, 5)]
    is_v4 = rf"regexp_full_match({sql}, '(\d{{1,3}}\.){{3}}\d{{1,3}}')"
    return f"case when {is_v4} then {' + '.join(parts)} end"
