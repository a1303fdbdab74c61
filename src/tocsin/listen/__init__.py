# SPDX-License-Identifier: Apache-2.0
"""The syslog receiver: messages that arrive over the network, into files of the case, none lost unsaid.

Two processes: the gate holds the connections, the writer writes what they bring; each outlives the other.
What a message says is ingestion's to read: here are its bytes, who sent it, and when it arrived.
"""
