# SPDX-License-Identifier: Apache-2.0
"""Tells every person concerned, once, in a notice of their own; what it does is in `run`, `waves`, `sending`."""
