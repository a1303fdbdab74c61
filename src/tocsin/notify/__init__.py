# SPDX-License-Identifier: Apache-2.0
"""Tells every person concerned, once, in a notice of their own: `run`, `waves`, `sending`."""
