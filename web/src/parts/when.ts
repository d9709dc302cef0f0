import { html, nothing } from 'lit'
import { clocksDiffer, dayOf, hoursOf, zoneName } from './times'

interface Timed {
  start_time: Date
  end_time: Date
  property: { time_zone: string }
}

/** Day and hours of a visit or slot in its home's zone, which is named where the clocks of the viewer say something else. */
export function when({ start_time, end_time, property: { time_zone } }: Timed) {
  return html`${dayOf(start_time, time_zone)}, ${hoursOf(start_time, end_time, time_zone)}${
    clocksDiffer(time_zone, start_time) ? html` <span class="small faint">${zoneName(time_zone, start_time)}</span>` : nothing
  }`
}
