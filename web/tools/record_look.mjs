// Pictures of the pages of recorded sessions, dark and light, 1024x768 to full HD, and on paper; axe, sideways scrolling, text that does
// not fit: `node tools/record_look.mjs /tmp/shots [name]`. Needs a Chromium: CHROMIUM=/path/to/chromium, else /usr/bin/chromium.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { serve } from './long_session.mjs'
import { recordedSession, serveRecords } from './record_session.mjs'

const [folder = '/tmp/shots', only = ''] = process.argv.slice(2)
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const SIZES = { xga: [1024, 768], hd: [1280, 800], fhd: [1920, 1080], zoom: [640, 400] }

const drag = async (page, from, to) => {
  const box = await page.locator('.record-plots .moving').boundingBox()
  await page.mouse.move(box.x + box.width * from, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * to, box.y + 60, { steps: 6 })
  await page.mouse.up()
}
const press = async (page, across, down) => {
  const box = await page.locator('.record-plots .moving').boundingBox()
  await page.mouse.click(box.x + box.width * across, box.y + box.height * down)
}
const tab = (name) => async (page) => page.locator(`[data-tab="${name}"]`).click()

/** Name, path, sizes, what is done first, and whether the record is signed. */
const SHOTS = [
  ['list', '/sessions', ['xga', 'hd', 'fhd', 'zoom']],
  ['list-filter', '/sessions', ['hd'], async (page) => page.locator('[data-filter="gap"]').click()],
  [
    'list-nothing',
    '/sessions',
    ['hd'],
    async (page) => page.locator('input[type="search"]').fill('nobody of this name'),
  ],
  ['record', '/sessions/1-100', ['xga', 'hd', 'fhd', 'zoom']],
  ['record-zoomed', '/sessions/1-100', ['hd'], (page) => drag(page, 0.4, 0.55)],
  ['record-origin', '/sessions/1-100', ['xga', 'hd', 'fhd'], (page) => press(page, 0.4, 0.2)],
  [
    'record-table',
    '/sessions/1-100',
    ['hd'],
    async (page) => {
      await tab('table')(page)
      await page.locator('.interval .number-link').nth(20).click()
    },
  ],
  ['record-events', '/sessions/1-100', ['xga', 'hd'], tab('events')],
  [
    'record-correct',
    '/sessions/1-100',
    ['hd'],
    async (page) => {
      await tab('events')(page)
      await page.getByRole('button', { name: 'Correct' }).first().click()
    },
  ],
  ['record-notices', '/sessions/1-100', ['hd'], tab('notices')],
  ['record-devices', '/sessions/1-100', ['hd'], tab('devices')],
  ['record-audit', '/sessions/1-100', ['hd'], tab('audit')],
  ['record-sign', '/sessions/1-100', ['xga', 'hd'], tab('sign')],
  ['record-signed', '/sessions/1-100', ['hd'], tab('sign'), true],
  [
    'replay',
    '/sessions/1-100/replay',
    ['xga', 'hd', 'fhd'],
    async (page) => {
      await page.locator('input[type="range"]').fill('3000')
    },
  ],
  [
    'replay-gap',
    '/sessions/1-100/replay',
    ['hd'],
    async (page) => {
      await page.locator('input[type="range"]').fill('2540')
    },
  ],
  ['course', '/sessions/1-100/course', ['xga', 'hd', 'fhd', 'zoom']],
  [
    'course-overlay',
    '/sessions/1-100/course',
    ['xga', 'hd', 'fhd'],
    async (page) => {
      for (const n of [0, 2, 6]) await page.locator('[data-overlay]').nth(n).click()
      await page.locator('.overlay svg').first().waitFor()
    },
  ],
]

mkdirSync(folder, { recursive: true })
const vite = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' })
await vite.listen()
const base = `http://127.0.0.1:${vite.httpServer.address().port}`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS.split(' '),
})

/** Elements whose text is cut off, and a page that scrolls sideways. */
const overflowing = () => [
  ...[...document.querySelectorAll('#app *')]
    .filter((el) => !el.closest('canvas, svg, .uplot, .plot, .scroll, .unseen, .raw, .lane'))
    .filter((el) => {
      const style = getComputedStyle(el)
      if (style.visibility === 'hidden' || el.clientWidth <= 1 || style.display === 'inline') return false
      const wide = el.scrollWidth > el.clientWidth + 1
      return wide && !/auto|scroll/.test(style.overflowX)
    })
    .map((el) => `${el.tagName.toLowerCase()}.${el.className} "${el.textContent.slice(0, 60)}"`),
  ...(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : []),
]

let faults = 0
const fault = (says) => {
  faults += 1
  console.log(says)
}
for (const theme of ['dark', 'light']) {
  for (const [name, path, sizes, first, signed = false] of SHOTS) {
    if (only !== '' && !name.includes(only)) continue
    const recorded = recordedSession({ hours: 4, signed })
    for (const size of theme === 'light' ? sizes.filter((it) => it === 'hd').slice(0, 1) : sizes) {
      const [width, height] = SIZES[size]
      const page = await browser.newPage({ viewport: { width, height } })
      page.on('pageerror', (error) => fault(`${name}: ${error}`))
      page.on(
        'console',
        (line) => line.type() === 'error' && !/404/.test(line.text()) && fault(`${name}: ${line.text()}`),
      )
      await page.addInitScript((chosen) => {
        localStorage.setItem('chairside.theme', chosen)
        localStorage.setItem('chairside.person', JSON.stringify({ name: 'Lee, Ann', role: 'clinician' }))
      }, theme)
      await serve(page, recorded.long)
      await serveRecords(page, recorded)
      await page.goto(base + path)
      await page.locator('main').waitFor()
      await page.waitForTimeout(1500)
      await first?.(page)
      await page.waitForTimeout(first === undefined ? 300 : 1000)
      const file = `${folder}/${name}-${size}${theme === 'light' ? '-light' : ''}.png`
      await page.screenshot({ path: file })
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      for (const v of violations)
        fault(
          `${file}: axe ${v.id}: ${v.help}: ${v.nodes
            .slice(0, 3)
            .map((node) => node.target.join(' '))
            .join(' | ')}`,
        )
      for (const says of new Set(await page.evaluate(overflowing))) fault(`${file}: does not fit: ${says}`)
      if (first === undefined && size === 'hd') {
        await page.emulateMedia({ media: 'print' })
        await page.pdf({
          path: `${folder}/${name}${theme === 'light' ? '-light' : ''}.pdf`,
          format: 'A4',
          printBackground: true,
        })
      }
      await page.close()
    }
  }
}
await browser.close()
await vite.close()
console.log(faults === 0 ? 'nothing found' : `${faults} findings`)
process.exit(faults === 0 ? 0 : 1)
