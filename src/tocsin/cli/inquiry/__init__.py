# SPDX-License-Identifier: Apache-2.0
"""The verbs that ask and compare: "was this you?", indicators from outside, a leaked sample."""
