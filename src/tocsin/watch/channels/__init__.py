# SPDX-License-Identifier: Apache-2.0
"""The ways by which alarms reach people and machines."""
