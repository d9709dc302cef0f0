import { html, nothing } from 'lit'
import { dayOf, hoursOf, viewersZone, zoneName } from '../../parts/times'
import { localIn } from '../../parts/zones'

interface Timed {
  start_time: Date
  end_time: Date
  property: { time_zone: string }
}

/** Day and hours of a visit or slot in its home's zone, which is named where the clocks of the viewer say something else. */
export function when({ start_time, end_time, property: { time_zone } }: Timed) {
  const differs = localIn(time_zone, start_time) !== localIn(viewersZone, start_time)
  return html`${dayOf(start_time, time_zone)}, ${hoursOf(start_time, end_time, time_zone)}${
    differs ? html` <span class="small faint">${zoneName(time_zone, start_time)}</span>` : nothing
  }`
}
