// node lighthouse.mjs ADDRESS CHROMIUM: how Lighthouse judges a page on a phone, as JSON: scores of 100, and what cost some
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'

const [address, chromePath] = process.argv.slice(2)
const userDataDir = mkdtempSync(join(tmpdir(), 'lighthouse-'))
const chromeFlags = ['--headless=new', '--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])]
const chrome = await launch({ chromePath, chromeFlags, userDataDir })
try {
  const onlyCategories = ['performance', 'accessibility', 'best-practices']
  const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: 'silent', onlyCategories })
  const scores = Object.fromEntries(onlyCategories.map((name) => [name, Math.round(100 * lhr.categories[name].score)]))
  const lost = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 0.9)
  const told = lost.map(({ id, displayValue = '', details }) => `${id} ${displayValue} ${JSON.stringify(details?.items ?? []).slice(0, 400)}`)
  console.log(JSON.stringify({ scores, lost: told }))
} finally {
  chrome.kill()
  rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 })
}
