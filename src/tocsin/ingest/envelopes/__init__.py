# SPDX-License-Identifier: Apache-2.0
"""Exports of log platforms: each of their records carries a native one, which is read by its own format."""
