"""Sections of a report, one kind of evidence a file: what it shows, beside a template of the same name.

`context(evidence, report)` gives what the template needs; `headline(evidence, report)`, where there is one,
the sentence that the page begins with.
"""
