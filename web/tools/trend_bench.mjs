// How smoothly the trend of a long session moves, and how quickly its history is taken in: `node tools/trend_bench.mjs`.
// Each figure is printed beside what is expected of it. A busy machine shows in the frames, not in the work.
import os from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { longSession, serve } from './long_session.mjs'

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
/** At 60 frames a second. */
const FRAME_MS = 1000 / 60
/** A frame that came later than this was missed: half a frame of jitter is the machine's. */
const MISSED_MS = FRAME_MS * 1.5
const FRAMES = 300

/** In the page: frames while `each(n)` is done at every one, and the work of the main thread in each. */
async function framesInPage({ what, frames }) {
  const host = document.querySelector('.moving')
  const box = host.getBoundingClientRect()
  const at = { clientX: box.left + box.width / 2, clientY: box.top + 20, bubbles: true, cancelable: true }
  const deeds = {
    // To the past and back again.
    scroll: (n) => host.dispatchEvent(new WheelEvent('wheel', { ...at, deltaX: n < frames / 2 ? -6 : 6 })),
    zoom: (n) => host.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: n % 60 < 30 ? -8 : 8, ctrlKey: true })),
    keys: (n) =>
      host.dispatchEvent(
        new KeyboardEvent('keydown', { key: n % 60 < 30 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }),
      ),
    drag: () => {},
    rest: () => {},
  }
  const [times, work] = [[], []]
  const channel = new MessageChannel()
  let began = 0
  channel.port1.onmessage = () => work.push(performance.now() - began)
  await new Promise((done) => {
    const frame = (now) => {
      times.push(now)
      began = performance.now()
      deeds[what](times.length)
      channel.port2.postMessage(0)
      if (times.length < frames) requestAnimationFrame(frame)
      else done()
    }
    requestAnimationFrame(frame)
  })
  return { gaps: times.slice(1).map((time, n) => time - times[n]), work }
}

const part = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

/** Measures one chair; `hours` of six series at 1 Hz. The answer is also printed. */
export async function bench({ hours = 4, width = 1280, height = 800 } = {}) {
  const vite = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    server: { port: 0, host: '127.0.0.1' },
    logLevel: 'error',
  })
  await vite.listen()
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS.split(' '),
  })
  const page = await browser.newPage({ viewport: { width, height } })
  const devtools = await page.context().newCDPSession(page)
  // Of the thread, not of the wall: what other programs do on this machine does not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const metrics = async () =>
    Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  const chair = longSession({ hours })
  await serve(page, chair)
  const results = []
  const say = (name, figure, expected) => {
    results.push({ name, figure, expected })
    console.log(`${name.padEnd(46)} ${figure.padEnd(34)} expected ${expected}`)
  }
  console.log(
    `${chair.items.length} readings of ${hours} h; load ${os.loadavg()[0].toFixed(1)} on ${os.cpus().length} cores`,
  )

  const before = await metrics()
  await page.goto(`http://127.0.0.1:${vite.httpServer.address().port}/chair/1`)
  await page.locator('.plot canvas').first().waitFor()
  await page.waitForTimeout(6000)
  await devtools.send('HeapProfiler.collectGarbage')
  const taken = await metrics()
  // 86,400 readings, 20 us each to parse, check, keep in two places and draw now and then.
  say(
    'history taken in, work of the main thread',
    `${(taken.TaskDuration - before.TaskDuration).toFixed(2)} s`,
    '<= 3 s in pieces below 50 ms',
  )
  say('memory of the page', `${(taken.JSHeapUsedSize / 2 ** 20).toFixed(0)} MB`, '<= 60 MB')

  // Not the whole session, so that there is somewhere to go.
  await page.locator('.moving').focus()
  await page.keyboard.press('+')
  await page.waitForTimeout(500)
  for (const what of ['scroll', 'drag', 'keys', 'zoom', 'rest']) {
    const from = await metrics()
    const measured = page.evaluate(framesInPage, { what, frames: FRAMES })
    if (what === 'drag') await drag(page)
    const { gaps, work } = await measured
    const to = await metrics()
    const missed = gaps.filter((gap) => gap > MISSED_MS).length
    const busy = to.TaskDuration - from.TaskDuration
    const time = gaps.reduce((all, gap) => all + gap, 0) / 1000
    if (what === 'rest') {
      say('at rest: main thread', `${((100 * busy) / time).toFixed(1)} % of one core`, '<= 10 % (four ticks a second)')
      break
    }
    say(
      `${what}: frames`,
      `p50 ${part(gaps, 0.5).toFixed(1)}, p99 ${part(gaps, 0.99).toFixed(1)} ms, missed ${missed}`,
      'p99 <= 16.8 ms, missed <= 1 %',
    )
    say(
      `${what}: work in a frame`,
      `p50 ${part(work, 0.5).toFixed(1)}, p99 ${part(work, 0.99).toFixed(1)} ms`,
      'p99 <= 12 ms',
    )
    say(`${what}: main thread`, `${((1000 * busy) / FRAMES).toFixed(1)} ms of a core a frame`, '<= 8 ms')
  }
  await browser.close()
  await vite.close()
  return results
}

/** A real mouse, back and forth. */
async function drag(page) {
  const box = await page.locator('.moving').boundingBox()
  const y = box.y + 30
  await page.mouse.move(box.x + 300, y)
  await page.mouse.down()
  const until = Date.now() + FRAMES * FRAME_MS
  for (let n = 0; Date.now() < until; n++) await page.mouse.move(box.x + 300 + 250 * Math.sin(n / 20), y)
  await page.mouse.up()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await bench({ hours: Number(process.argv[2] ?? 4) })
  process.exit(0)
}
