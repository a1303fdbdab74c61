# SPDX-License-Identifier: Apache-2.0
"""Kinds of places over the network that records are collected from, a file each."""
