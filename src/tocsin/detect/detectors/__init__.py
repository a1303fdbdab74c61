# SPDX-License-Identifier: Apache-2.0
"""The detectors that come with Tocsin."""
