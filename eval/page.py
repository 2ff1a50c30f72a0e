"""The report as Markdown and as one HTML page that loads nothing."""

from html import escape

from onrecord.eval.evaluation import Section
from onrecord.eval.tables import Table, to_markdown, to_text

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; margin: .5rem 0 }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
.wide { overflow-x: auto } .note { color: #666; font-size: 13px; margin-bottom: 2rem } li { margin: .3rem 0 }
h2 { margin-top: 3rem; border-bottom: 2px solid #222 } figure { display: inline-block; margin: 1rem 2rem 1rem 0 }
"""


def to_page(title: str, opening: list[str], sections: list[Section], versions: str) -> str:
    """The report in HTML: the findings first, then the sections."""
    body = [f"<h1>{escape(title)}</h1>", _list(opening), f'<p class="note">{escape(versions)}</p>']
    for section in sections:
        body += [f"<h2>{escape(section.title)}</h2>", _list(section.findings)]
        body += [
            f"<figure>{plot}<figcaption>{escape(name)}</figcaption></figure>" for name, plot in section.plots.items()
        ]
        body += [_table(table, versions) for table in section.tables]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    content = "\n".join(body)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{content}</body></html>\n'


def to_document(title: str, opening: list[str], sections: list[Section], versions: str) -> str:
    """The report in Markdown, without the plots."""
    parts = [f"# {title}", "\n".join(f"- {finding}" for finding in opening), f"All tables: {versions}."]
    for section in sections:
        parts += [f"## {section.title}", *(f"- {finding}" for finding in section.findings)]
        parts += [to_markdown(table) for table in section.tables]
    return "\n\n".join(parts) + "\n"


def _list(findings: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(finding)}</li>' for finding in findings)}</ul>" if findings else ""


def _table(table: Table, versions: str) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(to_text(cell))}</td>' for cell in row)}</tr>" for row in table.rows)
    note = f'<p class="note">{escape(table.note)} ({escape(table.caption)} · {escape(versions)})</p>'
    return f'<h3>{escape(table.title)}</h3><div class="wide"><table><tr>{head}</tr>{rows}</table></div>{note}'
