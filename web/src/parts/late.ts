import { html, type ReactiveControllerHost, type TemplateResult } from 'lit'
import './app-skeleton'

/**
 * Something whose component is loaded late: a skeleton until then. Why: a property that is set on an element before its
 * component is defined is not there yet when that is connected.
 */
export function late(
  host: ReactiveControllerHost,
  name: string,
  load: () => Promise<unknown>,
  shown: () => TemplateResult,
  meanwhile: unknown = html`<app-skeleton></app-skeleton>`,
): unknown {
  if (customElements.get(name)) return shown()
  load().then(
    () => host.requestUpdate(),
    () => {}, // <new-version> says why
  )
  return meanwhile
}
