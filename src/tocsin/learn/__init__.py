# SPDX-License-Identifier: Apache-2.0
"""Learns what a catalogue lacks: what was asked for, by weight, and what each request may have shown.

It proposes; a named person signs each rule. Nothing that it proposes counts before that.
"""
