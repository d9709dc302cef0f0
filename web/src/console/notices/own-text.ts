import type { NoticeTemplate } from '@estate-os/booking'

export const PARTS = ['subject', 'heading', 'body'] as const
export type Part = (typeof PARTS)[number]
/** A text of an agency's own; null is as usual. */
export type OwnText = Record<Part, string | null>

export const LARGEST_BODY = 4096 // bytes of UTF-8
const IN_BRACES = /\{([^{}]*)\}|[{}]/g

/** What is blank is not said. */
export const textOf = (from: Partial<NoticeTemplate>): OwnText => ({
  subject: from.subject?.trim() || null,
  heading: from.heading?.trim() || null,
  body: from.body?.trim() ? from.body : null,
})

export const changed = (was: OwnText, is: OwnText): Part[] => PARTS.filter((part) => was[part] !== is[part])

/** What somebody was about to say, over what others have said meanwhile: their own stays, all else is as others have it. */
export function rebased(was: OwnText, own: OwnText, is: OwnText): OwnText {
  return Object.fromEntries(PARTS.map((part) => [part, own[part] === was[part] ? is[part] : own[part]])) as OwnText
}

/** What stands in braces, or is a brace alone, and stands for nothing: each once. */
export function wrongIn(text: string | null, known: readonly string[]): string[] {
  const wrong = [...(text ?? '').matchAll(IN_BRACES)].filter(([, name]) => name === undefined || !known.includes(name))
  return [...new Set(wrong.map(([found]) => found))]
}

/** How many bytes a body has too many. */
export const bytesOver = (body: string | null): number => Math.max(0, new TextEncoder().encode(body ?? '').length - LARGEST_BODY)
