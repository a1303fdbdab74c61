# SPDX-License-Identifier: Apache-2.0
"""The verbs for what must be done at once: preserve what would be lost, contain who is suspect."""
