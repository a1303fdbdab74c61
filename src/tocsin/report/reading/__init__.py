# SPDX-License-Identifier: Apache-2.0
"""The report as its readers need it: `report.json`, typed, a module for each thing that it tells of.

What stands here beyond the contract (title, zone, timeline, reasons, parts of the ceiling…) is said in its
docstring. This only reads: no figure is computed here that people would take for a finding.
"""

from tocsin.report.reading.claims import Claim, Step
from tocsin.report.reading.logs import FileTimes, Finding, Gap, Outage, Skew, Source
from tocsin.report.reading.shown import (
    Bucket,
    CategoryCount,
    Controller,
    Declared,
    History,
    PastError,
    Scope,
    Share,
    Unresolved,
)
from tocsin.report.reading.suspects import Account, Campaign, Hands, Member, Place, Split, SplitAccount
from tocsin.report.reading.values import Count, Span
from tocsin.report.reading.whole import Report, read_report

__all__ = [
    "Account",
    "Bucket",
    "Campaign",
    "CategoryCount",
    "Claim",
    "Controller",
    "Count",
    "Declared",
    "FileTimes",
    "Finding",
    "Gap",
    "Hands",
    "History",
    "Member",
    "Outage",
    "PastError",
    "Place",
    "Report",
    "Scope",
    "Share",
    "Skew",
    "Source",
    "Span",
    "Split",
    "SplitAccount",
    "Step",
    "Unresolved",
    "read_report",
]
