import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('no two components have one name: the page defines all that it has loaded', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const names = files.flatMap((file) =>
    [...readFileSync(`src/${file}`, 'utf8').matchAll(/(?:^@customElement|customElements\.define)\('([^']+)'/gm)].map(([, name]) => name),
  )
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
