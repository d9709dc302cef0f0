-- Events, and their deliveries: e is an event, d a delivery.

-- fragment: event
-- An event's columns. Read with events.recorded_from.
e.organization_id, e.id, e.type, e.actor_subject, e.actor_role, e.request_id, e.slot_id, e.booking_id, e.applicant_id,
e.agent_id, e.property_id, e.from_state, e.to_state, e.start_time, e.end_time, e.from_slot_id, e.from_property_id,
e.from_agent_id, e.from_start_time, e.from_end_time, e.endpoint_id, e.actor_via, e.schedule_id, e.occurred_at, e.position

-- fragment: line
-- Event.line: events of the same line are delivered in order.
coalesce(e.booking_id, e.slot_id, e.applicant_id, e.property_id, e.agent_id, e.endpoint_id, e.organization_id)

-- fragment: first_in_line
-- Of a delivery that is not dead: no earlier one of its booking, or else of what it is about, is to be made to its subscriber.
-- Put so that it is asked of one row after the other, by the index of lines: a replay has a hundred thousand, and neither a join
-- nor an index of the subscription is to go over all of them.
d.position = (
    SELECT min(line.position) FROM deliveries line
    WHERE line.organization_id = d.organization_id AND line.line = d.line
      AND (line.subscription_organization_id = d.subscription_organization_id) IS true
      AND (line.subscription_id = d.subscription_id) IS true AND line.died_at IS NULL)
