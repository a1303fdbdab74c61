# SPDX-License-Identifier: Apache-2.0
"""The verb `scan`, on files at rest: what it says of a file, of possible names, of a share."""
