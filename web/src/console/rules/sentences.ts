import { spanText } from '../../parts/spans'
import { locale } from '../../words/page-language'
import { levelsIn, RULES, type RuleName, type Value } from './rules'
import { words } from './words'

/** A value in short. */
export function valueText(name: RuleName, value: Value): string {
  if (value === null) return words.notSet
  if (Array.isArray(value)) return words.levels[levelsIn(value)] ?? value.join(', ')
  if (typeof value === 'boolean') return words.truths[String(value)] ?? ''
  return RULES[name].kind === 'span' ? spanText(value, locale) : String(value)
}

/** What a value of a rule means for people. */
export function said(name: RuleName, value: Value): string {
  const text = words.rules[name]
  const nothing = value === null || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  return nothing ? text.none : text.says(valueText(name, value))
}
