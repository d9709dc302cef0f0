"""The page at `/app`, as it was built of `web/`: its HTML with a policy of its own, and the files that it loads.

`page.py` answers, `assets.py` keeps what was built. Start at `WebPage.answer`.
"""
