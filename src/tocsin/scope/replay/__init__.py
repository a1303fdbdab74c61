# SPDX-License-Identifier: Apache-2.0
"""Logged searches, run again for all their events at once on the tables as they were."""
