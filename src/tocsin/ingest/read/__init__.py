# SPDX-License-Identifier: Apache-2.0
"""From paths to records: decompression, then cutting. The byte offset is the evidence."""
