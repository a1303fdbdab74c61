# SPDX-License-Identifier: Apache-2.0
"""The verbs towards persons and partners: the notices, what they are handed, what they can check."""
