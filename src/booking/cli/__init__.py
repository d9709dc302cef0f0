"""Command line of operators and developers: `booking COMMAND`. Called by `__main__`; start at parser.py.

parser.py names each command (made by command_parser.py), its arguments (of arguments.py), and the function that does
it: `operator.add_agent` is `add_agent` of operator.py. A function is imported when it is called, takes the arguments by
their names, returns its exit code (None: 0), and raises Explained for what is told in one line.

serve.py and worker.py run the service; dev.py and welcome.py run it with all that it needs. upkeep.py looks after the
database, audit.py after the record of events, dead_letters.py after what could not be handed on or taken in, and
operator.py after agents and applicants. environment.py and targets.py find the database and the queue of a command.
"""
