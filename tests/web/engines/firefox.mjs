// node firefox.mjs ADDRESS FIREFOX [PICTURE]: who has the token in $TOKEN signs in by the address, which is the page on which
// homes are found, and books the first time of the first one. Prints what went wrong in the page, as JSON.
import puppeteer from 'puppeteer-core'

const WITHIN = 30_000 // milliseconds
const [address, executablePath, picture] = process.argv.slice(2)
const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
try {
  const page = await browser.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.setViewport({ width: 1280, height: 800 })
  await page.setRequestInterception(true)
  page.on('request', (request) => {
    if (!request.url().endsWith('/dev/people/sign-in')) return request.continue()
    const body = JSON.stringify({ token: process.env.TOKEN })
    return request.respond({ status: 200, contentType: 'application/json', body })
  })
  const press = async (selector) => (await page.waitForSelector(`pierce/${selector}`, { timeout: WITHIN, visible: true })).click()
  await page.goto(address)
  await press('li a.button')
  await press('button.slot')
  const booked = page.waitForResponse((one) => one.url().endsWith('/api/v1/bookings') && one.request().method() === 'POST', { timeout: WITHIN })
  await press('dialog button.primary')
  await booked
  console.log(JSON.stringify(faults))
} finally {
  if (picture) await (await browser.pages()).at(-1)?.screenshot({ path: picture })
  await browser.close()
}
