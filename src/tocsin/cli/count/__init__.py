# SPDX-License-Identifier: Apache-2.0
"""The verbs that count: the stages, the decision between two of them, the catalogue they rest on."""
