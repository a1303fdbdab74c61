# SPDX-License-Identifier: Apache-2.0
"""Proofs of notices: what is signed and published, how anybody checks one without asking who was told."""
