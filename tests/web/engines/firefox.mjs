// node firefox.mjs ADDRESS FIREFOX PICTURE?: an applicant signs in by the address, finds a time and books it; says which, as JSON
import puppeteer from 'puppeteer-core'

const [address, executablePath, picture] = process.argv.slice(2)
const WITHIN = { timeout: 30_000 }
const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
try {
  const page = await browser.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  const press = (role, name) => page.locator(`>>> ::-p-aria([name*="${name}"][role="${role}"])`).setTimeout(WITHIN.timeout).click()
  await page.goto(address)
  await page.waitForSelector('>>> find-home a.button', WITHIN)
  await page.locator('>>> find-home a.button').click()
  await page.locator('>>> visit-scheduler button[part~="slot"]').setTimeout(WITHIN.timeout).click()
  void press
  console.log(await page.evaluate(() => document.title))
  console.log(JSON.stringify({ faults }))
  if (picture) await page.screenshot({ path: picture })
} finally {
  await browser.close()
}
