# SPDX-License-Identifier: Apache-2.0
"""Severity by ENISA's method of 2013, SE = DPC × EI + CB, and the bridge to articles 33 and 34.

    severity_of(case: Case) -> Severity

`Severity` (`score.py`) has `score` and `level` (low, medium, high, very_high; null while the data concerned
are unknown), `answers` (each question: option, value, proposal, the person's choice, effect), `proposed`
(unlikely, risk, high_risk, or null), `conclusion` (a person's: outcome, why, by, at; or null), `outcome` (the
person's, else null), `notify_authority` and `tell_persons` (by the conclusion, else the proposal), `departs`,
`is_stale`, `flags`, `sensitivity`. `bridge_paragraph(words, severity)` is the written bridge. Facts come from
report/report.json where it is, decisions from the journal; neither function writes.
"""

from tocsin.declare.severity.of_case import record_choices, record_conclusion, severity_of
from tocsin.declare.severity.phrases import bridge_paragraph
from tocsin.declare.severity.score import Severity

__all__ = ["Severity", "bridge_paragraph", "record_choices", "record_conclusion", "severity_of"]
