# SPDX-License-Identifier: Apache-2.0
"""The guided beginning: one question at a time, each answer kept as it is given, until the case is counted.

Knows neither terminals nor colours: a face asks and tells. Nothing is guessed behind somebody's back; what is
proposed is shown with what it rests on.
"""
