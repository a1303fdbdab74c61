# SPDX-License-Identifier: Apache-2.0
"""Figures and decisions become declarations, each with its evidence, its deadline and its version."""
