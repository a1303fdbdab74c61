# SPDX-License-Identifier: Apache-2.0
"""The verbs towards authorities: the declarations, their clocks, the severity."""
