// Takes a picture of every screen from the recorded sessions, runs axe on each and looks for text that does not fit.
// `npm run look -- /tmp/shots [name]`. Needs a Chromium: CHROMIUM=/path/to/chromium, else /usr/bin/chromium.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'

const [folder = '/tmp/shots', only = ''] = process.argv.slice(2)
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

const SIZES = { xga: [1024, 768], hd: [1280, 800], fhd: [1920, 1080], uhd: [3840, 2160], zoom: [640, 400] }
/** Name, path with query, sizes, then milliseconds to wait. */
const SHOTS = [
  ['wall-4', '/?replay=four-chairs&at=15000', ['hd', 'xga', 'fhd', 'uhd'], 1500],
  ['wall-16', '/?replay=sixteen-chairs&at=3000', ['hd', 'fhd', 'uhd'], 1500],
  ['wall-states', '/?replay=states', ['hd', 'fhd', 'uhd'], 1500],
  ['wall-nobody', '/?replay=nobody', ['hd'], 1500],
  ['wall-not-recording', '/?replay=not-recording', ['hd'], 1500],
  ['wall-quiet', '/?replay=sixteen-chairs&at=4000', ['fhd'], 5000],
  ['wall-silent', '/?replay=sixteen-chairs&at=4000', ['fhd'], 12000],
  ['live-trend', '/chair/1?replay=four-chairs&at=15000', ['hd', 'xga', 'fhd', 'uhd'], 2500],
  ['live-nine', '/chair/1?replay=nine-values&at=6000', ['xga', 'hd', 'fhd', 'zoom'], 2500],
  ['live-oximeter', '/chair/2?replay=nine-values&at=6000', ['hd'], 2500],
  ...[
    'live',
    'delayed',
    'lost',
    'questionable',
    'old',
    'none',
    'demo',
    'empty',
    'pulse',
    'many',
    'measuring',
    'kpa',
  ].map((name, n) => [
    `live-${name}`,
    `/chair/${n + 1}?replay=states`,
    name === 'many' ? ['hd', 'xga', 'fhd'] : ['hd', 'xga'],
    1500,
  ]),
  ['wall-devices', '/?replay=devices&at=2000', ['hd', 'xga', 'fhd'], 4000],
  ['live-devices-first', '/chair/1?replay=devices&at=2000', ['hd', 'xga', 'fhd'], 2500],
  ['live-devices-lost', '/chair/2?replay=devices&at=2000', ['hd', 'xga', 'fhd'], 2500],
  ['live-devices-off', '/chair/3?replay=devices&at=2000', ['hd', 'xga', 'fhd'], 2500],
  ['live-devices-pulled', '/chair/4?replay=devices&at=2000', ['hd', 'xga', 'fhd'], 4500],
  ['live-devices-gone', '/chair/4?replay=devices&at=2000', ['hd', 'xga'], 18000],
  ['settings-devices', '/settings?replay=devices', ['hd', 'fhd'], 1500],
  ['live-not-recording', '/chair/1?replay=not-recording', ['hd'], 1500],
  ['live-silent', '/chair/1?replay=four-chairs&at=20000', ['hd'], 12000],
  ['settings', '/settings?replay=states', ['hd', 'fhd'], 1500],
  ['settings-nobody', '/settings?replay=nobody', ['hd'], 1500],
]

mkdirSync(folder, { recursive: true })
const vite = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' })
await vite.listen()
const base = `http://127.0.0.1:${vite.httpServer.address().port}`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS.split(' '),
})

/** Elements whose text is cut off or runs out of its box. */
const overflowing = () =>
  [...document.querySelectorAll('#app *')]
    .filter((el) => !el.closest('canvas, svg, .uplot, .plot, .spark-line, .scroll, .clamp'))
    .filter((el) => {
      const style = getComputedStyle(el)
      if (style.visibility === 'hidden' || el.clientWidth <= 1) return false
      const clips = style.overflowX !== 'visible' || style.overflowY !== 'visible'
      const wide = el.scrollWidth > el.clientWidth + 1
      const high = el.scrollHeight > el.clientHeight + 1
      const scrolls = /auto|scroll/.test(style.overflowY) && !wide
      return (wide || (clips && high)) && style.display !== 'inline' && !scrolls
    })
    .map((el) => `${el.tagName.toLowerCase()}.${el.className} "${el.textContent.slice(0, 60)}"`)

/** On a live screen of ordinary size nothing scrolls but the notices: all values and the whole trend are in view. */
const outOfView = () => {
  const main = document.querySelector('main[data-chair]')
  if (main === null || innerWidth < 1000 || innerHeight < 700) return []
  const inside = main.getBoundingClientRect()
  return [...main.querySelectorAll('.tile, .trend, .plot, .plot canvas')]
    .filter((el) => {
      const box = el.getBoundingClientRect()
      return box.height < 20 || box.bottom > inside.bottom + 0.5 || box.top < inside.top - 0.5
    })
    .map((el) => `${el.className} ${el.dataset.vital ?? ''}`)
}

let faults = 0
for (const theme of ['dark', 'light']) {
  for (const [name, path, sizes, waitMs] of SHOTS) {
    if (only !== '' && !name.includes(only)) continue
    for (const size of theme === 'light' ? sizes.slice(0, 1) : sizes) {
      const [width, height] = SIZES[size]
      const page = await browser.newPage({ viewport: { width, height } })
      page.on('pageerror', (error) => console.log(`${name}: ${error}`))
      page.on('console', (line) => line.type() === 'error' && console.log(`${name}: ${line.text()}`))
      await page.addInitScript((chosen) => localStorage.setItem('chairside.theme', chosen), theme)
      await page.goto(base + path)
      await page.waitForTimeout(waitMs)
      const file = `${folder}/${name}-${size}${theme === 'light' ? '-light' : ''}.png`
      await page.screenshot({ path: file })
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      const over = await page.evaluate(overflowing)
      for (const v of violations) {
        faults += 1
        console.log(
          `${file}: axe ${v.id}: ${v.help}: ${v.nodes
            .slice(0, 3)
            .map((node) => node.target.join(' '))
            .join(' | ')}`,
        )
      }
      for (const text of new Set(over)) {
        faults += 1
        console.log(`${file}: does not fit: ${text}`)
      }
      for (const what of await page.evaluate(outOfView)) {
        faults += 1
        console.log(`${file}: not in view: ${what}`)
      }
      await page.close()
    }
  }
}
await browser.close()
await vite.close()
console.log(faults === 0 ? 'nothing found' : `${faults} findings`)
process.exit(faults === 0 ? 0 : 1)
