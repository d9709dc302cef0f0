"""What the business says, in the standard library's words only: entities, their transitions, their refusals."""
