# SPDX-License-Identifier: Apache-2.0
"""The report: report.json for machines, the page and the terminal's words for people."""
