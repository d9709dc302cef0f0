import { expect, test } from 'vitest'
import { spanOf } from './span'

test.each([
  [0, '0:00'],
  [9, '0:09'],
  [545, '9:05'],
  [3599, '59:59'],
  [3600, '1 hr 0 min'],
  [93_660, '26 hr 1 min'],
])('%i seconds are %s', (seconds, span) => expect(spanOf(seconds, 'en')).toBe(span))
