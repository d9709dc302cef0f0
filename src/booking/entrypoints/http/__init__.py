"""The REST API: handlers that decode, ask one service and encode; who is calling; how refusals read."""
