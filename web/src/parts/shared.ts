import { css } from 'lit'

/** What buttons, fields, tables and headings look like, everywhere: the first of every component's styles. */
export const shared = css`
  :host {
    display: block;
    color: var(--ink);
    font: var(--text);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3 {
    margin: 0;
    font-weight: 650;
    line-height: 1.25;
    text-wrap: balance;
  }
  h1 {
    font-size: 1.5rem;
  }
  h2 {
    font-size: 1.125rem;
  }
  h3 {
    font-size: 1rem;
  }
  p {
    margin: 0;
  }
  a {
    color: var(--accent);
  }
  ul.plain {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    min-block-size: 2.5rem;
    padding: 0.375rem 0.875rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-weight: 550;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: var(--tint);
  }
  button:disabled {
    border-color: var(--line);
    background: var(--surface);
    color: var(--faint);
    cursor: not-allowed;
  }
  .primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover:not(:disabled),
  .button.primary:hover {
    background: color-mix(in srgb, var(--accent), var(--ink) 15%);
  }
  .danger {
    border-color: var(--danger);
    color: var(--danger);
  }
  button.danger:hover:not(:disabled) {
    background: var(--danger-tint);
  }
  .quiet,
  .quiet:disabled {
    border-color: transparent;
    background: transparent;
  }
  label,
  .label {
    display: block;
    font-weight: 550;
  }
  input,
  select,
  textarea {
    inline-size: 100%;
    min-block-size: 2.5rem;
    padding: 0.375rem 0.625rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-weight: 400;
  }
  input[type="checkbox"],
  input[type="radio"] {
    flex: none;
    inline-size: 1.25rem;
    min-block-size: 1.25rem;
    margin: 0;
    accent-color: var(--accent);
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    font-weight: 400;
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.25rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space);
  }
  .between {
    justify-content: space-between;
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: calc(2 * var(--space));
  }
  .card {
    padding: calc(2 * var(--space));
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .faint {
    color: var(--faint);
  }
  .small {
    font-size: 0.875rem;
  }
  .fault {
    color: var(--danger);
  }
  .badge {
    display: inline-block;
    padding: 0.0625rem 0.5rem;
    border-radius: 1rem;
    background: var(--tint);
    font-size: 0.8125rem;
    font-weight: 550;
    white-space: nowrap;
  }
  .badge.warning {
    background: var(--warning-tint);
    color: var(--warning);
  }
  .badge.danger {
    background: var(--danger-tint);
  }
  .notice {
    padding: 0.5rem 0.75rem;
    border-radius: var(--radius);
    background: var(--warning-tint);
    color: var(--warning);
    font-weight: 550;
  }
  .scroller {
    overflow-x: auto;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 0.5rem;
    border-block-end: 1px solid var(--line);
    text-align: start;
    vertical-align: top;
  }
  th {
    color: var(--faint);
    font-size: 0.8125rem;
    font-weight: 550;
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`
