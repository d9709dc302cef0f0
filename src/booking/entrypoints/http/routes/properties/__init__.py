"""Properties and the rules that they are visited by, over HTTP. Start at properties.py."""
