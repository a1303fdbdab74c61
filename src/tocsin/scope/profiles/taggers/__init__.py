# SPDX-License-Identifier: Apache-2.0
"""Taggers of names in prose: what each finds is possible, measured, and counted as nobody."""
