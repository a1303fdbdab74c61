# SPDX-License-Identifier: Apache-2.0
""" "Was this you?": the few sessions that most persons hang on, asked of their owners, and the answers kept.

What an answer makes of a session is told by the split and by the scope; here it is asked and written down.
"""
