/** Waits; rejects with the signal's reason once that aborts. */
export function pause(milliseconds: number, over?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    over?.throwIfAborted()
    const timer = setTimeout(resolve, milliseconds)
    over?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(over.reason)
      },
      { once: true },
    )
  })
}
