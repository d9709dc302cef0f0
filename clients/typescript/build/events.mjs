import { readFileSync, writeFileSync } from 'node:fs'
import { createClient } from '@hey-api/openapi-ts'
import { load } from 'js-yaml'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'

/** Write the types of the events that go out, and a validator of each. */
export async function events(path, generated) {
  const { channels, components } = load(readFileSync(path, 'utf8'))
  const last = (ref) => ref.split('/').pop()
  const messages = Object.values(channels.events.messages).map((message) => components.messages[last(message.$ref)])
  const types = messages.map((message) => [message.name, last(message.payload.$ref)])
  const { Id, Instant } = components.schemas
  // By patterns that the contract has already, so that no library of formats is needed.
  const plain = JSON.parse(JSON.stringify(components.schemas), (key, value) => {
    if (key === 'description') return undefined
    if (value?.format === 'uuid') return { ...value, format: undefined, pattern: value.pattern ?? Id.pattern }
    if (value?.format === 'date-time') return { ...value, format: undefined, pattern: value.pattern ?? Instant.pattern }
    return value
  })
  const ajv = new Ajv({ strict: false, messages: false, code: { source: true, esm: true } })
  ajv.addSchema({ $id: 'events', components: { schemas: plain } })
  const names = ['Event', ...types.map(([, name]) => name)]
  for (const name of names) ajv.addSchema({ $id: name, $ref: `events#/components/schemas/${name}` })
  writeFileSync(`${generated}/validators.js`, standalone(ajv, Object.fromEntries(names.map((name) => [name, name]))))
  // A null among the values is overlooked where no type names it.
  const schemas = JSON.parse(JSON.stringify(components.schemas), (_, value) =>
    value?.enum?.includes(null) && !value.type ? { ...value, type: ['string', 'null'] } : value,
  )
  await createClient({
    input: { openapi: '3.1.0', info: { title: 'Events', version: '0' }, paths: {}, components: { schemas } },
    output: { path: `${generated}/events`, clean: true, module: { extension: '.js' } },
    logs: { level: 'warn' },
    plugins: ['@hey-api/typescript'],
  })
  writeFileSync(
    `${generated}/events.ts`,
    [
      "import * as validators from './validators.js'",
      `import type { ${types.map(([, name]) => name).join(', ')} } from './events/types.gen.js'`,
      `export interface EventTypes { ${types.map(([type, name]) => `'${type}': ${name}`).join('; ')} }`,
      `export const validatorOf: Record<string, unknown> = { ${types.map(([type, name]) => `'${type}': validators.${name}`).join(', ')} }`,
      'export const anyEvent: unknown = validators.Event',
      '',
    ].join('\n'),
  )
}
