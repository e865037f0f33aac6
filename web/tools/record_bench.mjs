// How quickly a record of hours is painted after the click that opens it: `node tools/record_bench.mjs [hours]`. The figures are printed
// beside what is expected of them. The server's own time is not in it: its answers are there at once. With
// `--at http://HOST:PORT SESSION` a real server answers: `cargo xtask bench sessions` asks for that.
import os from 'node:os'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { serve } from './long_session.mjs'
import { recordedSession, serveRecords } from './record_session.mjs'

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const TIMES = 7

/** In the page: from the click on the row to the picture after the chart's canvases have something in them. */
async function clickToPaint(id) {
  const drawn = () => {
    const all = [...document.querySelectorAll('.record-plots .plot canvas')]
    return all.length >= 5 && all.every((canvas) => canvas.width > 0)
  }
  const row = document.querySelector(`[data-row="${id}"]`)
  const began = performance.now()
  row.click()
  while (!drawn()) await new Promise((done) => requestAnimationFrame(done))
  // The picture that holds them.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  return performance.now() - began
}

/** In the page: work of the main thread to show another stretch of time. */
async function zoomWork(times) {
  const host = document.querySelector('.record-plots .moving')
  const work = []
  const channel = new MessageChannel()
  for (let n = 0; n < times; n++) {
    await new Promise((done) => requestAnimationFrame(done))
    const began = performance.now()
    const ended = new Promise((done) => {
      channel.port1.onmessage = done
    })
    host.dispatchEvent(new KeyboardEvent('keydown', { key: n % 12 < 6 ? '+' : '-', bubbles: true }))
    channel.port2.postMessage(0)
    await ended
    work.push(performance.now() - began)
  }
  return work
}

const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
const most = (values) => Math.max(...values)

/** The built pages with answers that are there at once: where they are, which session, how a page gets the answers, how it ends. */
async function constructed(hours) {
  // As a browser gets it: built, not by the server of developers.
  const { build, preview } = await import('vite')
  const { mkdtempSync, rmSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const outDir = mkdtempSync(join(tmpdir(), 'chairside-record-bench-'))
  await build({ logLevel: 'error', build: { outDir, emptyOutDir: true } })
  const server = await preview({
    preview: { port: 0, host: '127.0.0.1', proxy: {} },
    build: { outDir },
    logLevel: 'error',
  })
  const recorded = recordedSession({ hours })
  const points = recorded.series.series.reduce((all, { atMs }) => all + atMs.length, 0)
  console.log(`${points} readings of ${hours} h; load ${os.loadavg()[0].toFixed(1)} on ${os.cpus().length} cores`)
  return {
    base: `http://127.0.0.1:${server.httpServer.address().port}`,
    id: recorded.id,
    async answer(page) {
      await serve(page, recorded.long)
      await serveRecords(page, recorded)
    },
    async end() {
      await server.close()
      rmSync(outDir, { recursive: true })
    },
  }
}

/** A server that is there. */
const real = (base, id) => ({ base, id, answer: async () => {}, end: async () => {} })

export async function bench({ hours = 4, at } = {}) {
  const { base, id, answer, end } = at === undefined ? await constructed(hours) : real(at.base, at.id)
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS.split(' '),
  })
  const results = []
  const say = (name, figure, expected) => {
    results.push({ name, figure, expected })
    console.log(`${name.padEnd(46)} ${figure.padEnd(34)} expected ${expected}`)
  }
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busy = async () =>
    (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value
  await page.addInitScript(() =>
    localStorage.setItem('chairside.person', JSON.stringify({ name: 'Lee, Ann', role: 'clinician' })),
  )
  await answer(page)
  const [times, work] = [[], []]
  for (let n = 0; n < TIMES; n++) {
    await page.goto(`${base}/sessions`)
    await page.locator(`[data-row="${id}"]`).waitFor()
    await page.waitForTimeout(600)
    const before = await busy()
    times.push(await page.evaluate(clickToPaint, id))
    work.push(1000 * ((await busy()) - before))
  }
  say(
    'click to painted chart',
    `median ${middle(times).toFixed(0)}, most ${most(times).toFixed(0)} ms`,
    '<= 300 ms on two free cores',
  )
  say(
    'of it work of the main thread',
    `median ${middle(work).toFixed(0)}, most ${most(work).toFixed(0)} ms`,
    '<= 250 ms',
  )
  await page.waitForTimeout(1000)
  const zoom = await page.evaluate(zoomWork, 48)
  say('zoom: work of a step', `median ${middle(zoom).toFixed(1)}, most ${most(zoom).toFixed(1)} ms`, 'median <= 16 ms')
  await browser.close()
  await end()
  return results
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [first, base, id] = process.argv.slice(2)
  await bench(first === '--at' ? { at: { base, id } } : { hours: Number(first ?? 4) })
  process.exit(0)
}
