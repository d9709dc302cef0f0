"""Blocks and plans in PostgreSQL. Start at blocks.py; where times of agents are written is visits/agent_times.py."""
