import { css } from 'lit'

/** Each colour and size is a custom property of the embedder's, `--visit-…`, or else the one here. */
export const styles = css`
  :host {
    --surface: var(--visit-surface, light-dark(#ffffff, #16191c));
    --ink: var(--visit-ink, light-dark(#1b2024, #eceef0));
    --faint: var(--visit-faint, light-dark(#556069, #a2adb6));
    --line: var(--visit-line, light-dark(#d9dee1, #343b41));
    --edge: var(--visit-edge, light-dark(#7c868e, #79848c));
    --accent: var(--visit-accent, light-dark(#0f6b5c, #4fc4ae));
    --on-accent: var(--visit-on-accent, light-dark(#ffffff, #06201b));
    --tint: var(--visit-tint, light-dark(#e4f2ef, #15302b));
    --danger: var(--visit-danger, light-dark(#b3261e, #ff9b94));
    --space: var(--visit-space, 0.5rem);
    --radius: var(--visit-radius, 0.5rem);
    display: block;
    container-type: inline-size;
    color-scheme: light dark;
    background: var(--surface);
    color: var(--ink);
    font: var(--visit-font, 1rem / 1.5 system-ui, sans-serif);
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  .main {
    display: grid;
    gap: calc(3 * var(--space));
    padding: calc(2 * var(--space));
    max-inline-size: 80rem;
    margin-inline: auto;
  }
  section,
  form,
  .card {
    display: grid;
    gap: calc(1.5 * var(--space));
    align-content: start;
  }
  h2,
  h3,
  h4,
  p,
  dl,
  dd,
  ul {
    margin: 0;
  }
  h2 {
    font-size: 1.25rem;
  }
  h3 {
    font-size: 1.125rem;
  }
  h4 {
    font-size: 1rem;
  }
  .cards,
  .days,
  .slots {
    display: grid;
    gap: var(--space);
    padding: 0;
    list-style: none;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
  }
  .days,
  .slots {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 8.5rem), 1fr));
  }
  .slots {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr));
  }
  .card {
    padding: calc(2 * var(--space));
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .home,
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space);
  }
  .home img {
    inline-size: min(100%, 12rem);
    aspect-ratio: 4 / 3;
    object-fit: cover;
    border-radius: var(--radius);
  }
  button {
    min-block-size: 2.5rem;
    padding: 0.375rem 0.875rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    cursor: pointer;
  }
  .day,
  .slot {
    display: grid;
    align-content: center;
    inline-size: 100%;
    block-size: 100%;
    text-align: start;
  }
  button:hover {
    background: var(--tint);
  }
  .day[aria-pressed='true'],
  .primary,
  .primary:hover {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  .day[aria-pressed='true'] small {
    color: inherit;
  }
  .danger {
    border-color: var(--danger);
    color: var(--danger);
  }
  [data-full] {
    border-style: dashed;
    color: var(--faint);
  }
  button:disabled,
  [aria-disabled] {
    opacity: 0.6;
    cursor: default;
  }
  small,
  .hint,
  dt {
    color: var(--faint);
    font-size: 0.875rem;
  }
  small,
  .line {
    display: block;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .notice,
  .problem,
  .empty {
    padding: calc(1.5 * var(--space));
    border-radius: var(--radius);
    background: var(--tint);
  }
  .problem {
    border: 1px solid var(--danger);
    background: none;
  }
  .timer time {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  label small {
    display: inline;
  }
  input,
  textarea {
    display: block;
    inline-size: 100%;
    min-block-size: 2.5rem;
    padding: 0.375rem 0.625rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
  }
  dialog {
    inline-size: min(32rem, 100vw - 1rem);
    max-block-size: calc(100dvh - 1rem);
    padding: calc(2.5 * var(--space));
    border: 1px solid var(--line);
    border-radius: calc(1.5 * var(--radius));
    background: var(--surface);
    color: var(--ink);
  }
  dialog::backdrop {
    background: #00000080;
  }
  dialog header {
    justify-content: space-between;
    flex-wrap: nowrap;
  }
  dialog footer {
    justify-content: flex-end;
  }
  .close {
    border-color: transparent;
  }
  a {
    color: var(--accent);
  }
  summary {
    min-block-size: 1.5rem;
    cursor: pointer;
  }
  .hidden {
    position: absolute;
    clip-path: inset(50%);
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    white-space: nowrap;
  }
  .skeleton {
    block-size: 7rem;
    border-radius: var(--radius);
    background: var(--tint);
    animation: wait 1.2s ease-in-out infinite alternate;
  }
  @keyframes wait {
    to {
      opacity: 0.4;
    }
  }
  @container (inline-size > 60rem) {
    .main {
      gap: calc(4 * var(--space));
      padding: calc(3 * var(--space));
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
    }
  }
`
