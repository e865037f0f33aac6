// The figures of the browser client, each beside what is expected: `npm run bench`, or `node web/tools/bench.mjs [name]`.
// Needs a Chromium: CHROMIUM=/path/to/chromium, else /usr/bin/chromium. One function a figure.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { clinic } from './room.mjs'
import { BUDGET_KB, measure } from './size.mjs'
import { speak } from './speak.mjs'
import { bench as trend } from './trend_bench.mjs'

const only = process.argv[2] ?? ''
const root = fileURLToPath(new URL('..', import.meta.url))
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const CHAIRS = 24
/** Numbers that are followed to the page for one figure. */
const SAMPLES = 60
const UPDATES_A_SECOND = 4
/** A wall whose numbers do not wait for each other. */
const FEW_CHAIRS = 8
/** Clock ticks of /proc a second; 100 on every Linux there is. */
const TICKS = 100

const wait = (ms) => new Promise((done) => setTimeout(done, ms))
const quantile = (list, q) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))]

/** The 24-chair clinic, live: each chair says something so many times a second, all chairs spread over that time. */
async function room(folder, updates, chairs = CHAIRS) {
  return speak(folder, (say, heard) => {
    const began = Date.now()
    const start = { monoUs: 86_400e6, wallUs: began * 1000 }
    const at = () => (Date.now() - began) / 1000
    const kinds = Array.from({ length: chairs }, (_, n) => ['infusing', 'observing', 'paused', 'infusing'][n % 4])
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
      for (const due = Math.floor(at() * updates * chairs); turn < due; turn++) say(it.items(turn % chairs, at()))
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

async function open(url) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') })
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  page.on('pageerror', (error) => console.error(`page: ${error}`))
  await page.goto(url)
  await page.locator('[data-chair="24"] [data-vital="spo2"][data-state="live"]').waitFor()
  return { page, close: () => browser.close() }
}

/** A browser that nobody talks to while it is measured: a debugger that listens is told of every single message. */
async function alone(url) {
  const profile = mkdtempSync(join(tmpdir(), 'chairside-bench-profile-'))
  const args = [
    ...FLAGS.split(' '),
    '--remote-debugging-port=0',
    '--window-size=1920,1223',
    `--user-data-dir=${profile}`,
    url,
  ]
  const child = spawn(CHROMIUM, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const endpoint = await new Promise((found) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
      if (address !== undefined) found(address)
    })
  })
  const close = async () => {
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  return { pid: child.pid, endpoint, close }
}

/** How many chairs of the page are live, and how many pixels it has. Asked after the measurement. */
async function sees(endpoint) {
  const browser = await chromium.connectOverCDP(endpoint)
  const page = browser.contexts()[0].pages()[0]
  const seen = await page.evaluate(() => ({
    live: document.querySelectorAll('[data-chair] [data-vital="spo2"][data-state="live"]').length,
    size: `${innerWidth}x${innerHeight}`,
  }))
  await browser.close()
  return seen
}

/** Processor time of the 24-chair wall, of one core, while every chair says something four times a second. */
async function wallCpu(url) {
  const { pid, endpoint, close } = await alone(url)
  // Trends have come, code is compiled.
  await wait(12_000)
  const all = processes(pid)
  const spent = () => Object.fromEntries(all.map(({ pid: one, type }) => [`${type} ${one}`, cpuMs(one)]))
  const [before, began] = [spent(), performance.now()]
  await wait(30_000)
  const [after, took] = [spent(), performance.now() - began]
  const { live, size } = await sees(endpoint)
  await close()
  if (live !== CHAIRS) throw new Error(`${live} of ${CHAIRS} chairs are live: nothing was measured`)
  const share = (wanted) =>
    (100 *
      Object.keys(before)
        .filter(wanted)
        .reduce((sum, key) => sum + after[key] - before[key], 0)) /
    took
  return {
    name: `${CHAIRS} chairs, ${UPDATES_A_SECOND} updates a second each, ${size}: processor of the page's process`,
    figure: share((key) => key.startsWith('renderer')),
    unit: '% of one core',
    expected: 10,
    more: `all processes of the browser ${share(() => true).toFixed(1)} %`,
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
      const mine = changes.some(({ target }) =>
        target.parentElement?.closest('[data-chair="1"] [data-vital="heart_rate"] .digits'),
      )
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

/** How many frames it takes from a number's arrival to its picture, while 24 chairs speak. */
async function framesUntilSeen(url) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') })
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.addInitScript(watchFrames)
  await page.goto(url)
  await page.waitForFunction((least) => globalThis.seen.frames.length >= least, SAMPLES, { timeout: 180_000 })
  const { frames, ms } = await page.evaluate(() => globalThis.seen)
  await browser.close()
  return {
    figure: quantile(frames, 0.99),
    unit: 'frames',
    more: `p99 of ${frames.length}; p50 ${quantile(ms, 0.5).toFixed(1)} ms, p99 ${quantile(ms, 0.99).toFixed(1)} ms to the end of that frame`,
  }
}

/** On the live screen every number is in the next picture. */
const frameToPaint = async (url) => ({
  name: 'live screen: from a message to its number',
  expected: 1,
  ...(await framesUntilSeen(`${url}/chair/1`)),
})

/** A wall that hears a hundred messages a second is painted with the ticks (main.tsx): 250 ms and the picture itself. */
const wallToPaint = async (url) => ({
  name: `wall of ${CHAIRS}, ${UPDATES_A_SECOND} updates a second each: from a message to its number`,
  expected: 16,
  ...(await framesUntilSeen(url)),
})

/** One of few chairs: each number is in the next picture. */
const smallWallToPaint = async (_, small) => ({
  name: `wall of ${FEW_CHAIRS}, an update a second each: from a message to its number`,
  expected: 1,
  ...(await framesUntilSeen(small)),
})

/** What the wall and the live screen load; `npm run size` has the single files. */
async function bundle() {
  const { totalKb } = await measure()
  return { name: 'bundle of wall and live screen, gzip', figure: totalKb, unit: 'KB', expected: BUDGET_KB, more: '' }
}

/** The figures, in the order they are printed. One more is one function here. */
const FIGURES = [bundle, firstPaint, frameToPaint, smallWallToPaint, wallToPaint, wallCpu]

const folder = mkdtempSync(join(tmpdir(), 'chairside-bench-'))
await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
const served = await room(folder, UPDATES_A_SECOND)
const small = await room(folder, 1, FEW_CHAIRS)
let missed = 0
for (const figure of FIGURES) {
  if (only !== '' && figure.name !== only) continue
  const { name, figure: found, unit, expected, more } = await figure(served.url, small.url)
  const holds = found <= expected
  if (!holds) missed += 1
  console.log(
    `${holds ? 'holds ' : 'MISSED'} ${name}: ${Number(found.toFixed(1))} ${unit}, expected at most ${expected}${more === '' ? '' : ` (${more})`}`,
  )
}
served.close()
small.close()
rmSync(folder, { recursive: true })
// It prints its own figures.
if (only === '' || only === 'trend') await trend()
process.exit(missed === 0 ? 0 : 1)
