import { css } from 'lit'

/** How the calendar looks in the page's colours. A look is told by its words, too, never by colour alone. */
export const gridStyle = css`
  :host {
    --fc-border-color: var(--line);
    --fc-page-bg-color: var(--surface);
    --fc-today-bg-color: color-mix(in srgb, var(--tint), transparent 45%);
    --fc-neutral-text-color: var(--faint);
    --fc-now-indicator-color: var(--danger);
    --fc-highlight-color: color-mix(in srgb, var(--accent), transparent 75%);
    --fc-event-resizer-thickness: 8px;
    background: var(--surface);
  }
  .fc-event {
    border: 1px solid var(--edge);
    border-inline-start-width: 4px;
    background: var(--surface);
    color: var(--ink);
    font-size: 0.8125rem;
    line-height: 1.25;
    text-decoration: none;
    overflow: hidden;
    cursor: pointer;
  }
  .fc-timegrid-event {
    min-block-size: 1.5rem;
    box-shadow: none;
  }
  .fc-event:focus-visible,
  .fc-event.moving {
    outline: 3px solid var(--accent);
    outline-offset: 1px;
    z-index: 5;
  }
  .fc-event:focus::after {
    display: none;
  }
  .fc-event .fc-event-main {
    padding: 0.125rem 0.25rem;
    color: inherit;
    overflow: hidden;
  }
  .fc-timegrid-event-short .fc-event-main {
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .fc-event strong {
    margin-inline-end: 0.375em;
  }
  .fc .fc-v-event .fc-event-resizer-end {
    inset-block-end: 0; /* all of it can be taken hold of: what lies outside of the event is cut off */
  }
  .free {
    border-color: var(--accent);
    border-style: dashed;
    border-inline-start-style: solid;
  }
  .booked,
  .full,
  .partly {
    border-color: var(--accent);
    background: var(--tint);
  }
  .held,
  .pending {
    border-color: var(--warning);
    background: var(--warning-tint);
  }
  .cancelled strong {
    color: var(--faint);
    text-decoration: line-through;
  }
  .block {
    background: repeating-linear-gradient(135deg, var(--surface) 0 6px, var(--ground) 6px 12px);
    color: var(--ink);
  }
  .fc .fc-col-header-cell-cushion,
  .fc .fc-daygrid-day-number,
  .fc .fc-daygrid-more-link {
    padding: 0.375rem;
    color: var(--ink);
    text-decoration: none;
  }
  .fc .fc-timegrid-slot {
    block-size: 1.625rem;
  }
  .fc .fc-timegrid-slot-label-cushion {
    color: var(--faint);
    font-size: 0.8125rem;
  }
`
