# SPDX-License-Identifier: Apache-2.0
"""What every verb rests on: its options, what it prints, how instants and persons are typed, how it ends."""
