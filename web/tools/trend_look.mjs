// Pictures of the trend of a long session, at every size, dark and light: `node tools/trend_look.mjs /tmp/shots [name]`.
// axe, horizontal scrolling and what is out of view are reported. Needs a Chromium, as look.mjs.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { longSession, serve } from './long_session.mjs'

const [folder = '/tmp/shots', only = ''] = process.argv.slice(2)
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const SIZES = { hd: [1280, 800], xga: [1024, 768], fhd: [1920, 1080], zoom: [640, 400] }

const press =
  (...keys) =>
  async (page) => {
    await page.locator('.moving').focus()
    for (const key of keys) await page.keyboard.press(key)
  }
const table = async (page) => page.getByRole('button', { name: 'Table' }).click()
const tick = async (page) => {
  await page.locator('[data-event]').nth(1).focus()
}
/** Name, what the chair is like, and what a person does there. */
const SHOTS = [
  ['session-4h', { hours: 4 }, undefined],
  ['session-2h', { hours: 2 }, tick],
  ['session-20min', { hours: 0.34 }, undefined],
  ['session-past', { hours: 4 }, press('v', '+', 'PageUp', 'PageUp')],
  ['session-table', { hours: 3 }, table],
  ['no-session', { hours: 1, session: false }, undefined],
  ['clock-change', { hours: 4, nowS: Date.UTC(2026, 9, 25, 2, 30) / 1000 }, undefined],
]

mkdirSync(folder, { recursive: true })
const vite = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' })
await vite.listen()
const base = `http://127.0.0.1:${vite.httpServer.address().port}`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS.split(' '),
})
let faults = 0
const fault = (text) => {
  faults += 1
  console.log(text)
}
for (const theme of ['dark', 'light']) {
  for (const [name, chair, deed] of SHOTS) {
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      if (!`${name}-${size}-${theme}`.includes(only)) continue
      const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' })
      page.on('pageerror', (error) => fault(`${name}: ${error}`))
      await page.addInitScript((chosen) => localStorage.setItem('chairside.theme', chosen), theme)
      await serve(page, longSession(chair))
      await page.goto(`${base}/chair/1`)
      await page.locator('.plot canvas').first().waitFor()
      await page.waitForTimeout(3000)
      await deed?.(page)
      await page.waitForTimeout(300)
      const file = `${folder}/${name}-${size}-${theme}.png`
      await page.screenshot({ path: file })
      if (size === 'zoom') await page.locator('.trend').screenshot({ path: file.replace('.png', '-trend.png') })
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      for (const v of violations) fault(`${file}: axe ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll('html, body, main, .live, .trend, .bar')]
          .filter((el) => el.scrollWidth > el.clientWidth + 1)
          .map((el) => el.className || el.tagName),
      )
      for (const what of wide) fault(`${file}: scrolls sideways: ${what}`)
      await page.close()
    }
  }
}
await browser.close()
await vite.close()
console.log(faults === 0 ? 'nothing found' : `${faults} findings`)
process.exit(faults === 0 ? 0 : 1)
