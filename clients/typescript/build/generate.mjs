// Writes src/generated/ from the contracts: operations and types by openapi-ts, validators of events by Ajv, and one
// class for each code of a refusal. Nothing of it is committed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createClient } from '@hey-api/openapi-ts'
import { events } from './events.mjs'
import { openapi } from './openapi.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const contract = (name) => here(`../../../${name}`)
const generated = here('../src/generated')

mkdirSync(generated, { recursive: true })
const codes = []
const tables = []
await createClient(openapi(contract('openapi3.yaml'), `${generated}/rest`, codes, tables))
writeFileSync(`${generated}/problems.ts`, problems(codes))
writeFileSync(`${generated}/tables.ts`, `/** Lists that agents get as tables, too. */\nexport type TableName = ${tables.map((name) => `'${name}'`).join(' | ')}\n`)
await events(contract('asyncapi.yaml'), generated)

/** One class for each code, by the name of the code. */
function problems(codes) {
  const own = ['batch_refused', 'invalid_request', 'slot_taken'] // they have fields of their own, and stand in src/problems.ts
  const named = codes.filter((code) => !own.includes(code)).map((code) => [code, code.replace(/(^|_)(.)/g, (_, __, letter) => letter.toUpperCase())])
  return [
    "import { Problem } from '../problem.js'",
    ...named.map(([code, name]) => `/** A refusal with the code \`${code}\`. */\nexport class ${name} extends Problem {}`),
    `export const byCode = { ${named.map(([code, name]) => `${code}: ${name}`).join(', ')} }`,
    '',
  ].join('\n')
}
