# SPDX-License-Identifier: Apache-2.0
"""The tests. Helpers are imported by their full name: `from tests.structure.source import ROOT`."""
