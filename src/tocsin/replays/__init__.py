# SPDX-License-Identifier: Apache-2.0
"""Replays: the incidents of the public record, written again as the logs their systems would have left.

A replay writes a complete case folder and, apart from it, the truth. Everybody in it is synthetic.
No stage of the product reads the truth; only the comparison does.
"""
