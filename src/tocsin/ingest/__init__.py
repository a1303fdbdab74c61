# SPDX-License-Identifier: Apache-2.0
"""Native logs to events, and what could not be made an event, with the reason."""
