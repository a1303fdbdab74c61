# SPDX-License-Identifier: Apache-2.0
"""The verbs on logs: read them without a case, bring them in, receive them, follow them."""
