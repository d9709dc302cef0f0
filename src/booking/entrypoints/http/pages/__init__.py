"""Pages for people who open a link of a message: HTML without a script, answered in their language.

Start at `html.py`, which answers with a page; the port `PageWriter` writes it. They are outside the pipeline: the link
in the path is all that lets anybody in, so it is named nowhere else (`secret_paths.py`), and addresses are limited.
"""
