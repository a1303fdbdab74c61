# SPDX-License-Identifier: Apache-2.0
"""Tocsin: from native access logs to the counted, contained, declared and individually notified breach.

The map, in the order of the pipeline:

core      the words everyone shares: terms, tables, settings, errors
journal   who did what, when, on what basis; each entry holds the hash of the one before
store     the case folder: tables, their commits, the SQL engine, the seal
ingest    native logs to events, and what could not be made one
detect    events to findings
scope     suspects to judged events, disclosures, what showed nothing, what is unresolved, claims
link      local ids to persons, persons to exposure
report    figures, each with its query and its way back to the lines
pipeline  the stages in order
replays   incidents written again, with their truth kept apart
recount   an independent count in plain Python
cli       the command line
"""

__version__ = "0.1.0"
