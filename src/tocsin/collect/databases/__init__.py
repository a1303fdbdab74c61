# SPDX-License-Identifier: Apache-2.0
"""Databases to read from: one SELECT, read-only, row by row, each value as exact as its driver allows."""
