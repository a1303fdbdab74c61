# SPDX-License-Identifier: Apache-2.0
"""Databases to read from: one SELECT, read-only, row by row, every value as exact as the driver lets it be."""
