import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** Holds how much a browser loads before it shows something: `node build/sizes.mjs`, of what is built in `dist`. */

const read = (name) => JSON.parse(readFileSync(`dist/.vite/${name}.json`, 'utf8'))
const manifest = { ...read('manifest'), ...read('visit-scheduler') } // two builds that share nothing
const ONE_LANGUAGE = /\/(words|common)\/en\.ts$/

/** All that these chunks load at once, and one language of each. */
function loaded(keys, found = new Set()) {
  for (const key of keys) {
    const chunk = manifest[key]
    if (chunk === undefined) throw new Error(`${key} is not in the manifest`)
    if (found.has(key)) continue
    found.add(key)
    loaded(chunk.imports ?? [], found)
    loaded(
      (chunk.dynamicImports ?? []).filter((name) => ONE_LANGUAGE.test(name)),
      found,
    )
  }
  return found
}

function size(keys) {
  const files = [...loaded(keys)].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])])
  return [...new Set(files)].reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length, 0)
}

const limits = [
  ['<visit-scheduler>', ['src/scheduler/visit-scheduler.ts'], 30_000],
  [
    "the console's first view",
    ['index.html', 'src/app/booking-app.ts', 'src/console/agency-console.ts', 'src/console/today/screen.ts'],
    150_000,
  ],
]
for (const [name, keys, most] of limits) {
  const bytes = size(keys)
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB of ${most / 1000} kB gzipped`)
  if (bytes > most) process.exitCode = 1
}
