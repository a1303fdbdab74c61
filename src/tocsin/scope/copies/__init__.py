# SPDX-License-Identifier: Apache-2.0
"""Copies of the files that logs name: who stands in each, read once for the stages that follow."""
