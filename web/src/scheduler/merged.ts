/** What is shown, at the same places, as it is now; what is no longer there is `gone`, and what is new has to wait. */
export function merged<T extends { id: string }>(
  shown: readonly (T & { gone?: boolean })[],
  next: readonly T[],
): (T & { gone?: boolean })[] {
  const now = new Map(next.map((one) => [one.id, one]))
  return shown.map((one) => now.get(one.id) ?? { ...one, gone: true })
}
