# SPDX-License-Identifier: Apache-2.0
"""The verbs that look at a case: behind a figure, at its tables and journal, under a hypothesis."""
