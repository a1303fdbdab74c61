# SPDX-License-Identifier: Apache-2.0
"""Formats without code: one TOML file each, and a query beside it where its meaning needs one."""
