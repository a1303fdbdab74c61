# SPDX-License-Identifier: Apache-2.0
"""What personal and health data a file holds: read in batches, recognised, counted, never shown."""
