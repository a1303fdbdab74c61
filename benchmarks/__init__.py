# SPDX-License-Identifier: Apache-2.0
"""How fast Tocsin is, measured beside what an expert would write by hand; no part of the product."""
