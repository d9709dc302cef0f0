"""Inputs: bodies, parameters and ids of requests, with every fault of them. Start at decoding.py, which handlers name.

reader.py reads JSON and parameters into Structs, field_types.py says what their fields are, field_faults.py what is
wrong with a value.
"""
