# SPDX-License-Identifier: Apache-2.0
"""The same letters by WeasyPrint and by ReportLab, for the benchmark alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate
from weasyprint import HTML

from tocsin.notify.letter import Letter
from tocsin.notify.printed.render import qr_code


def weasyprint_one(told: Sequence[Letter], address: str) -> int:
    size = 0
    for one in told:
        page = one.html.replace("</article>", f'<div style="width:38mm">{qr_code(address)}</div></article>')
        size += len(HTML(string=page).write_pdf(pdf_variant="pdf/ua-1"))
    return size


def weasyprint_chunk(told: Sequence[Letter], address: str) -> int:
    bodies = "".join(
        f'<article style="break-after:page">{one.html.partition("<article>")[2].partition("</article>")[0]}'
        f'<div style="width:38mm">{qr_code(address)}</div></article>'
        for one in told
    )
    return len(HTML(string=f"<html><body>{bodies}</body></html>").write_pdf())


def reportlab_pages(told: Sequence[Letter], address: str) -> int:
    style, target = ParagraphStyle("body", fontSize=14, leading=18), io.BytesIO()
    story: list[object] = []
    for one in told:
        story += [
            Paragraph(escape(part).replace("\n", "<br/>"), style) for part in one.document.split("\n\n")
        ]
        drawing = Drawing(110, 110)
        drawing.add(QrCodeWidget(address, barWidth=110, barHeight=110))
        story += [drawing, PageBreak()]
    SimpleDocTemplate(target, pagesize=A4).build(story)
    return len(target.getvalue())


def reportlab_one(told: Sequence[Letter], address: str) -> int:
    return sum(reportlab_pages([one], address) for one in told)
