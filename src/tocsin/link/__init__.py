# SPDX-License-Identifier: Apache-2.0
"""Linkage: which local ids are one person, and what each person had shown.

Reads the registry, the disclosures and the numbers given before; writes `persons`, `exposure` and
`conflicts`. Exact keys only: no two local ids are joined on a likeness of names alone.
"""
