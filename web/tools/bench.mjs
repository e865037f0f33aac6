// The figures of the browser client, each beside what is expected: `npm run bench`, or `node web/tools/bench.mjs [name]`.
// Needs a Chromium: CHROMIUM=/path/to/chromium, else /usr/bin/chromium. One function a figure.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { clinic } from './room.mjs'
import { speak } from './speak.mjs'

const only = process.argv[2] ?? ''
const root = fileURLToPath(new URL('..', import.meta.url))
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const CHAIRS = 24
const UPDATES_A_SECOND = 4
/** Clock ticks of /proc a second; 100 on every Linux there is. */
const TICKS = 100

const wait = (ms) => new Promise((done) => setTimeout(done, ms))
const quantile = (list, q) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))]

/** The 24-chair clinic, live: each chair says something four times a second, all chairs spread over the quarter. */
async function room(folder) {
  return speak(folder, (say, heard) => {
    const began = Date.now()
    const start = { monoUs: 86_400e6, wallUs: began * 1000 }
    const at = () => (Date.now() - began) / 1000
    const kinds = Array.from({ length: CHAIRS }, (_, n) => ['infusing', 'observing', 'paused', 'infusing'][n % 4])
    const it = clinic({ kinds, start })
    say(it.hello())
    say(it.roster())
    heard((message) => {
      const n = Number(message.chair) - 1
      if (message.kind !== 'follow') return
      say(it.snapshot(n, at()))
      say(it.session(n))
      if (message.windowS > 0) say(it.history(n, 10))
    })
    let turn = 0
    const items = setInterval(() => {
      // A timer is late now and then; what is due by then goes together, as on a busy server.
      for (const due = Math.floor(at() * UPDATES_A_SECOND * CHAIRS); turn < due; turn++)
        say(it.items(turn % CHAIRS, at()))
    }, 5)
    const beats = setInterval(() => say(it.beat(at())), 1000)
    return () => {
      clearInterval(items)
      clearInterval(beats)
    }
  })
}

/** Processor time of a process with all its threads, in milliseconds. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS
}

/** Chromium's processes by what they are for: the one with the page, and all. */
function processes(top) {
  const parents = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(
        Number(pid),
        Number(
          readFileSync(`/proc/${pid}/stat`, 'utf8')
            .replace(/^.*\) /, '')
            .split(' ')[1],
        ),
      )
    } catch {
      // It ended while we looked.
    }
  }
  const below = (pid) => [
    pid,
    ...[...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => below(child)),
  ]
  const all = below(top)
  const type = (pid) => /--type=([a-z-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1] ?? 'browser'
  return all.map((pid) => ({ pid, type: type(pid) }))
}

async function open(url, { width = 1920, height = 1080 } = {}) {
  const server = await chromium.launchServer({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS.split(' '),
  })
  const browser = await chromium.connect(server.wsEndpoint())
  const context = await browser.newContext({ viewport: { width, height } })
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`page: ${error}`))
  await page.goto(url)
  await page.locator('[data-chair="24"] [data-vital="spo2"][data-state="live"]').waitFor()
  const close = async () => {
    await browser.close()
    await server.close()
  }
  return { page, context, pid: server.process().pid, close }
}

/** Processor time of the 24-chair wall, of one core, while every chair says something four times a second. */
async function wallCpu(url) {
  const { page, context, pid, close } = await open(url)
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable')
  const metrics = async () =>
    Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  // Trends have come, code is compiled.
  await wait(10_000)
  const all = processes(pid)
  const spent = () => Object.fromEntries(all.map(({ pid: one, type }) => [`${type} ${one}`, cpuMs(one)]))
  const [before, then, began] = [spent(), await metrics(), performance.now()]
  await wait(20_000)
  const [after, now, took] = [spent(), await metrics(), performance.now() - began]
  await close()
  const share = (wanted) =>
    (100 *
      Object.keys(before)
        .filter(wanted)
        .reduce((sum, key) => sum + after[key] - before[key], 0)) /
    took
  const part = (name) =>
    `${name.replace('Duration', '').toLowerCase()} ${((1e5 * (now[name] - then[name])) / took).toFixed(1)} %`
  return {
    name: `${CHAIRS} chairs, ${UPDATES_A_SECOND} updates a second each: processor of the page's process`,
    figure: share((key) => key.startsWith('renderer')),
    unit: '% of one core',
    expected: 10,
    more: `all of Chromium ${share(() => true).toFixed(1)} %; ${['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].map(part).join(', ')}`,
  }
}

/** From the start of loading to the first picture, and to the first number of all 24 chairs. */
async function firstPaint(url) {
  const { page, close } = await open(url)
  const loads = []
  for (let n = 0; n < 5; n++) {
    await page.reload()
    await page.locator('[data-chair="24"] [data-vital="spo2"][data-state="live"]').waitFor()
    loads.push(
      await page.evaluate(() => ({
        numbers: performance.now(),
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      })),
    )
  }
  await close()
  const middle = (name) =>
    quantile(
      loads.map((load) => load[name]),
      0.5,
    )
  return {
    name: `first number of ${CHAIRS} chairs after loading, middle of ${loads.length}`,
    figure: middle('numbers'),
    unit: 'ms',
    expected: 1000,
    more: `first paint ${middle('paint').toFixed(0)} ms`,
  }
}

/** Counts animation frames from a message's arrival to its number standing on the page. Runs in the page. */
function watchFrames() {
  const seen = { frames: [], ms: [] }
  globalThis.seen = seen
  let [n, arrived] = [0, undefined]
  const loop = () => {
    n += 1
    requestAnimationFrame(loop)
  }
  requestAnimationFrame(loop)
  const Real = globalThis.WebSocket
  globalThis.WebSocket = class extends Real {
    constructor(...args) {
      super(...args)
      this.addEventListener('message', ({ data }) => {
        if (data.includes('"chair":"1"') && data.includes('"items"')) arrived = { frame: n, at: performance.now() }
      })
    }
  }
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver((changes) => {
      const mine = changes.some(({ target }) => target.parentElement?.closest('[data-chair="1"] .digits'))
      if (!mine || arrived === undefined) return
      const { frame, at } = arrived
      seen.frames.push(n - frame)
      const channel = new MessageChannel()
      channel.port1.onmessage = () => seen.ms.push(performance.now() - at)
      // Its turn comes when the frame is done.
      requestAnimationFrame(() => channel.port2.postMessage(undefined))
      arrived = undefined
    }).observe(document.body, { subtree: true, characterData: true })
  })
}

/** How many frames it takes from a number's arrival to its picture, on the same busy wall. */
async function frameToPaint(url) {
  const { page, close } = await open(url)
  await page.addInitScript(watchFrames)
  await page.reload()
  await wait(40_000)
  const { frames, ms } = await page.evaluate(() => globalThis.seen)
  await close()
  if (frames.length < 20) throw new Error(`only ${frames.length} numbers changed: nothing was measured`)
  return {
    name: `from a message to its number on the page, p99 of ${frames.length}`,
    figure: quantile(frames, 0.99),
    unit: 'frames',
    expected: 1,
    more: `p50 ${quantile(ms, 0.5).toFixed(1)} ms, p99 ${quantile(ms, 0.99).toFixed(1)} ms until the frame after it began`,
  }
}

const folder = mkdtempSync(join(tmpdir(), 'chairside-bench-'))
await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
const served = await room(folder)
let missed = 0
for (const figure of [firstPaint, frameToPaint, wallCpu]) {
  if (only !== '' && figure.name !== only) continue
  const { name, figure: found, unit, expected, more } = await figure(served.url)
  const holds = found <= expected
  if (!holds) missed += 1
  console.log(
    `${holds ? 'holds ' : 'MISSED'} ${name}: ${Number(found.toFixed(1))} ${unit}, expected at most ${expected}${more && ` (${more})`}`,
  )
}
served.close()
rmSync(folder, { recursive: true })
process.exit(missed === 0 ? 0 : 1)
