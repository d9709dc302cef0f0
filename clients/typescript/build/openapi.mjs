import { $ } from '@hey-api/openapi-ts'

// What the contract calls complete, under "Compatibility". Every other enumeration of an answer may grow.
const COMPLETE = ['SlotStatus', 'BookingStatus', 'EntryStatus', 'RiskLevel', 'AgentRole']
// What the layer sets itself, by the options of a call.
const OWN_HEADERS = ['Idempotency-Key', 'If-Match', 'If-None-Match', 'X-Request-Id', 'Accept']

/** The configuration of openapi-ts: operations whose parameters and fields are given side by side. */
export function openapi(input, path, codes, tables) {
  const closed = new Set()
  const valuesOf = (schema) => (schema.items ?? []).map((item) => item.const).join()
  return {
    input,
    output: { path, clean: true, module: { extension: '.js' } },
    logs: { level: 'warn' },
    parser: { patch: { input: (document) => prepare(document, closed, codes, tables) } },
    plugins: [
      '@hey-api/client-fetch',
      {
        name: '@hey-api/typescript',
        $resolvers: {
          enum: (context) => {
            const known = context.nodes.base(context)
            return closed.has(valuesOf(context.schema)) ? known : $.type.or(known, $.type.and($.type('string'), $.type.object()))
          },
        },
      },
      { name: '@hey-api/transformers', dates: true },
      { name: '@hey-api/sdk', transformer: true, paramsStructure: 'flat' },
    ],
  }
}

/** Leave what a client calls, in the shape that gives the plainest operations. */
function prepare(document, closed, codes, tables) {
  const { schemas, parameters } = document.components
  codes.push(...schemas.ProblemCode.enum)
  for (const name of COMPLETE) closed.add(schemas[name].enum.join())
  const inline = (node) => {
    if (Array.isArray(node?.enum)) closed.add(node.enum.join())
    if (node && typeof node === 'object') Object.values(node).forEach(inline)
  }
  Object.values(parameters).forEach(inline)
  calendarDays(schemas)
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith('/api/')) {
      delete document.paths[path]
      continue
    }
    for (const [verb, operation] of Object.entries(item)) {
      const endless = operation.responses?.['200']?.content?.['text/event-stream'] // `follow` reads it
      const signed = operation.security?.length === 0 // by its sender, without a token
      if (endless || signed) {
        delete item[verb]
        continue
      }
      const named = (one) => (one.$ref ? parameters[one.$ref.split('/').pop()] : one)
      if (operation.parameters) operation.parameters = operation.parameters.filter((one) => !OWN_HEADERS.includes(named(one).name))
      const body = operation.requestBody?.content?.['application/json']
      if (body?.schema.$ref) {
        // Without a name of its own the body's fields stand beside the parameters.
        body.schema = structuredClone(schemas[body.schema.$ref.split('/').pop()])
        inline(body.schema)
      }
      for (const answer of Object.values(operation.responses ?? {})) {
        if (answer.content?.['text/csv']) tables.push(operation.operationId)
        const json = answer.content?.['application/json']
        if (!json) continue
        if (json.schema.oneOf) json.schema = either(json.schema.oneOf.map((one) => schemas[one.$ref.split('/').pop()]))
        answer.content = { 'application/json': json }
      }
    }
  }
}

/** A day of the calendar stays as it is written: as a Date it would be another one west of Greenwich. */
function calendarDays(node) {
  if (node?.format === 'date') delete node.format
  if (node && typeof node === 'object') Object.values(node).forEach(calendarDays)
}

/** An answer of either shape, as one object: openapi-ts makes no dates of a union's. */
function either(shapes) {
  return { type: 'object', properties: Object.assign({}, ...shapes.map((one) => one.properties)) }
}
