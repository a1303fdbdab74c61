# SPDX-License-Identifier: Apache-2.0
"""Follows a case's logs as they grow, and raises alarms: `run.py` is the page to begin with.

What is read is committed as by any ingestion. What was weighed, raised and delivered stands in `ledger.py`,
so that a kill at any moment loses no alarm and doubles none.
"""
