# SPDX-License-Identifier: Apache-2.0
"""The syslog receiver: messages that arrive over the network, into files of the case, none dropped in silence."""
