const KEPT = 60_000 // milliseconds in which the browser takes it

/** Gives the person a file. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement('a')
  link.href = kept(text, type)
  link.download = name
  link.click()
}

/** Opens a page of the service, as it answered with it, in a window of its own. */
export function openPage(text: string): void {
  const link = document.createElement('a')
  link.href = kept(text, 'text/html')
  link.target = '_blank'
  link.rel = 'noopener'
  link.click()
}

function kept(text: string, type: string): string {
  const address = URL.createObjectURL(new Blob([text], { type: `${type}; charset=utf-8` }))
  setTimeout(() => URL.revokeObjectURL(address), KEPT)
  return address
}
