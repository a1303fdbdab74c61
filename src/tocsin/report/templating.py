# SPDX-License-Identifier: Apache-2.0
"""The one way in which a value enters a page: escaped, its control characters spelt out, formatted before.

A name taken from a log stays a name. Every page of Tocsin is made with the environment that is made here.
"""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tocsin.core.words import visible


@cache
def page_environment(*packages: str) -> Environment:
    """Templates of these packages, the first that has one; those of the report are there for all."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in (*packages, "tocsin.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=spelt_out,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["place"] = lambda place: f"{place:.3f}"
    return environment


def spelt_out(value: object) -> object:
    """What every expression of a template goes through before it is escaped.

    Raises TypeError for what has no one spelling: a fraction, a yes or no, nothing.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool | float) or value is None:
        raise TypeError("a template writes text and whole numbers only; format this value first")
    return visible(str(value))
