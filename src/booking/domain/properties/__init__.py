"""Properties, and the rules that they are visited by. Start at policy.py."""
