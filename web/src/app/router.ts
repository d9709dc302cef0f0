import { signal } from '@lit-labs/signals'

/** The path of the page, such as `/app/week`; the rest of the address is its screen's. */
export const path = signal(location.pathname)

/** Go to another screen. What the address keeps over all of them stays: who signs in (`as`) and the language. */
export function go(to: string, { replace = false } = {}): void {
  const address = new URL(to, location.href)
  const now = new URLSearchParams(location.search)
  for (const kept of ['as', 'lang']) {
    const value = now.get(kept)
    if (value !== null && !address.searchParams.has(kept)) address.searchParams.set(kept, value)
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', address)
  path.set(address.pathname)
}

/** Makes links of the page change the screen without a load, and the browser's buttons, too. */
export function startRouting(): void {
  addEventListener('popstate', () => path.set(location.pathname))
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.composedPath().find((one): one is HTMLAnchorElement => one instanceof HTMLAnchorElement)
    if (!link || link.target || link.download || link.origin !== location.origin || !link.pathname.startsWith('/app')) return
    event.preventDefault()
    go(link.href)
  })
}
