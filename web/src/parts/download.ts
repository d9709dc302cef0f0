const KEPT = 60_000 // milliseconds in which the browser takes it

/**
 * Gives the person a file. Pages, too: a window that this page opens for one is under this page's policy, which takes away how it
 * looks.
 */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: `${type}; charset=utf-8` }))
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT)
  link.download = name
  link.click()
}
