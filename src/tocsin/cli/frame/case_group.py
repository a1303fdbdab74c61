# SPDX-License-Identifier: Apache-2.0
"""A verb that looks at a case and has deeds below it: `tocsin clocks CASE`, `tocsin clocks CASE anchor`."""

from __future__ import annotations

import click


class CaseGroup(click.Group):
    """The case comes first; options may stand after it; `--help` of a deed needs no case."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options follow the case unless a deed does."""
        if args and args[0] in self.commands and {"--help", "-h"} & set(args):
            args = ["CASE", *args]
        deed_follows = len(args) > 1 and not args[0].startswith("-") and args[1] in self.commands
        if not deed_follows:
            ctx.allow_interspersed_args = not set(args) & set(self.commands) or not args[0].startswith("-")
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As it is typed."""
        formatter.write_usage(ctx.command_path, "CASE [OPTIONS] | CASE DEED [OPTIONS]")
