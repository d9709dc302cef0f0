/** Whether the service has another page by now than the one that is open. Throws where it does not answer. */
export async function isOutdated(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type=module]')
  const answer = await fetch('/app')
  if (!answer.ok) throw new Error(`/app: ${answer.status}`)
  return own !== null && !(await answer.text()).includes(new URL(own.src).pathname)
}
