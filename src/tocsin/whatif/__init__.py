# SPDX-License-Identifier: Apache-2.0
"""What a hypothesis would do to the counts: a source dropped, an account added, a window widened."""
