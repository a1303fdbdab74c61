# SPDX-License-Identifier: Apache-2.0
"""The papers that a French site needs before it may use Tocsin: models, in French, that the site completes.

They fill nothing in and qualify nothing: what a site must decide is marked, and what is unsettled in law.
"""
