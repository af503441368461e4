"""Tables that people bring as files: a workbook or a text file becomes rows of cells.

`lines` is pure: what a row is, and what is no table. `workbook` reads through a process of its own
(`workbook_reader`), `text_file` by itself. Who brings the file, and what its cells mean, is known
to each feature.
"""
