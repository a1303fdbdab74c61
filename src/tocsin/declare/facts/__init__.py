# SPDX-License-Identifier: Apache-2.0
"""What Tocsin knows of itself, one function an input: it asks the ground, and never guesses."""

from tocsin.declare.facts.known import Fact, Known
from tocsin.declare.facts.listed import FACTS

__all__ = ["FACTS", "Fact", "Known"]
