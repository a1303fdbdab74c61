# SPDX-License-Identifier: Apache-2.0
"""Sigma rules over the case's events, as SQL: what their authors know, weighed as a hint.

pySigma parses the rules (an optional extra); what cannot be run whole is refused by name, never half-run.
"""
