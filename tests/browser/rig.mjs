// Real server, real simulators, real browser. Everything a test starts is ended by `close()`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('../..', import.meta.url))
const webRequire = createRequire(path.join(top, 'web/package.json'))
const { chromium } = webRequire('playwright-core')
const target = process.env.CHAIRSIDE_TARGET ?? path.join(top, 'target/debug')

/** Longest wait for anything that is expected; only a fault reaches it. */
export const PATIENCE_MS = 45_000

const BROWSER_ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

/** A port nobody uses now. The server has to come back on the same one, so it cannot choose for itself. */
export async function freePort() {
  const server = net.createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}

function run(name, args) {
  const child = spawn(path.join(target, name), args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RUST_LOG: 'error' },
  })
  child.ended = new Promise((done) => child.once('exit', done))
  return child
}

async function end(child, signal) {
  if (child.exitCode === null && child.signalCode === null) {
    // A stopped process gets no other signal before it goes on.
    child.kill('SIGCONT')
    child.kill(signal)
  }
  await child.ended
}

/** A clinic: a folder, a configuration, a server that can be killed and started again, monitors, a browser. */
export class Clinic {
  static async open({ chairs = 4, beds = {}, oximeters = {}, prefer = {}, ehr = false } = {}) {
    const clinic = new Clinic()
    clinic.folder = await mkdtemp(path.join(tmpdir(), 'chairside-browser-'))
    clinic.web = await freePort()
    clinic.hl7 = await freePort()
    clinic.url = `http://127.0.0.1:${clinic.web}`
    /** Where the server sends signed records; nobody listens there until the test does. */
    if (ehr) clinic.ehr = await freePort()
    clinic.monitors = []
    /** What the server printed. */
    clinic.said = []
    clinic.gateways = []
    clinic.pages = []
    const route = Object.entries(beds).map(([bed, chair]) => `{ bed = "${bed}", chair = "${chair}" }`)
    const text = [
      'data = "data"', `listen = "127.0.0.1:${clinic.web}"`, 'zone = "UTC"',
      ...Array.from({ length: chairs }, (_, n) => `[[chair]]\nid = "${n + 1}"\nname = "Chair ${n + 1}"`
        + (prefer[n + 1] ? `\nprefer = ${prefer[n + 1]}` : '')),
      `[[source]]\nid = "gateway"\nprotocol = "hl7"\nlisten = "127.0.0.1:${clinic.hl7}"\nroute = [${route.join(', ')}]`,
      ...Object.entries(oximeters).map(([name, chair]) =>
        `[[source]]\nid = "${name}"\nprotocol = "nellcor"\nport = "${clinic.port(name)}"\nchair = "${chair}"`),
      ...(ehr ? [`[ehr]\nconnect = "127.0.0.1:${clinic.ehr}"`] : []),
    ]
    await writeFile(path.join(clinic.folder, 'chairside.toml'), `${text.join('\n')}\n`)
    await clinic.startServer()
    return clinic
  }

  port(name) {
    return path.join(this.folder, `port-${name}`)
  }

  async startServer() {
    const server = run('chairside', ['serve', '--config', path.join(this.folder, 'chairside.toml')])
    this.server = server
    // The last line of the start message: by then everything listens.
    await new Promise((ready, failed) => {
      server.once('exit', (code) => failed(new Error(`the server ended at its start with ${code}`)))
      createInterface({ input: server.stdout }).on('line', (line) => {
        this.said.push(line)
        if (line.trimStart().startsWith('Stop')) ready()
      })
    })
  }

  async killServer() {
    await end(this.server, 'SIGKILL')
  }

  /** The process stands still with its sockets open: what a hung machine looks like. */
  freezeServer() {
    this.server.kill('SIGSTOP')
  }

  thawServer() {
    this.server.kill('SIGCONT')
  }

  hl7Monitor(bed, ...more) {
    const to = `127.0.0.1:${this.hl7}`
    const patient = more.includes('--patient') ? [] : ['--patient', `P-${bed}`]
    return this.monitor('hl7', '--to', to, '--dialect', 'mindray', '--bed', bed, ...patient, '--interval-s', '1', ...more)
  }

  /** The bedside's gateway in the test's own hand: who is named, what was measured and when is up to the test. */
  async gateway(bed) {
    const gateway = await Gateway.connect(this.hl7, bed)
    this.gateways.push(gateway)
    return gateway
  }

  oximeter(name, ...more) {
    return this.monitor('nellcor', '--link', this.port(name), '--interval-s', '1', ...more)
  }

  monitor(...args) {
    const child = run('chairside-sim', args)
    this.monitors.push(child)
    return { unplug: () => end(child, 'SIGKILL') }
  }

  async page({ width = 1280, height = 800, route = '/' } = {}) {
    this.browser ??= await chromium.launch({
      executablePath: process.env.CHAIRSIDE_CHROMIUM ?? '/usr/bin/chromium',
      args: BROWSER_ARGUMENTS,
    })
    const context = await this.browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    page.problems = []
    page.on('pageerror', (error) => page.problems.push(String(error)))
    // A server that is down on purpose is no problem of the page.
    page.on('console', (m) => m.type() === 'error' && !/WebSocket|ERR_|Failed to load/.test(m.text()) && page.problems.push(m.text()))
    await page.goto(this.url + route)
    this.pages.push(page)
    return page
  }

  async close() {
    await this.browser?.close()
    for (const gateway of this.gateways) gateway.close()
    await Promise.all([...this.monitors, this.server].map((child) => end(child, 'SIGKILL')))
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The time of an HL7 field, in UTC. */
const stamp = (date) => `${date.toISOString().replace(/[-:T]|\..*/g, '')}+0000`

/** A sender over MLLP that waits for each acknowledgement. */
class Gateway {
  static async connect(port, bed) {
    const gateway = new Gateway()
    gateway.bed = bed
    gateway.sent = 0
    gateway.socket = net.connect(port, '127.0.0.1')
    await once(gateway.socket, 'connect')
    return gateway
  }

  /** Sends what a monitor measures and waits until it is recorded. `cuff` is `{ systolic, diastolic, at }`. */
  async says({ patient, heartRate, spo2 = 97, cuff }) {
    this.sent += 1
    const now = stamp(new Date())
    const row = (n, code, value, unit, more = '') => `OBX|${n}|NM|${code}^MDC|1.1.1.${n}|${value}|${unit}^MDC|||||F${more}`
    const pressure = (n, code, value) => row(n, code, value, '266016^MDC_DIM_MMHG', `|||${stamp(cuff.at)}`)
    const lines = [
      `MSH|^~\\&|BED^0011223344556677^EUI-64|BED|||${now}||ORU^R01^ORU_R01|G${this.sent}|P|2.6|||NE|AL||UNICODE UTF-8`,
      patient === '' ? 'PID|' : `PID|||${patient}^^^CLINIC^MR`, `PV1||I|UNIT^^${this.bed}`,
      `OBR|1|||182777000^monitoring of patient^SCT|||${now}`,
      row(1, '147842^MDC_ECG_HEART_RATE', heartRate, '264864^MDC_DIM_BEAT_PER_MIN'),
      row(2, '150456^MDC_PULS_OXIM_SAT_O2', spo2, '262688^MDC_DIM_PERCENT'),
      ...(cuff === undefined ? [] : [
        pressure(3, '150021^MDC_PRESS_BLD_NONINV_SYS', cuff.systolic),
        pressure(4, '150022^MDC_PRESS_BLD_NONINV_DIA', cuff.diastolic),
      ]),
    ]
    const answered = once(this.socket, 'data')
    this.socket.write(`\x0b${lines.join('\r')}\r\x1c\r`)
    const answer = String(await answered)
    if (!answer.includes(`MSA|CA|G${this.sent}`) && !answer.includes(`MSA|AA|G${this.sent}`)) throw new Error(`not acknowledged: ${answer}`)
  }

  close() {
    this.socket.destroy()
  }
}

/**
 * Keeps what the digits said in every picture from now on. They are read before each picture is painted, so nothing is
 * missed between two looks of a test. Under the veil of a page that stood still nothing can be read.
 */
export async function keepPictures(page) {
  await page.evaluate(() => {
    globalThis.pictures = []
    const look = () => {
      requestAnimationFrame(look)
      const shown = {}
      globalThis.pictures.push({ at: Date.now(), shown })
      if (Number(getComputedStyle(document.getElementById('veil')).opacity) >= 0.99) return
      for (const value of document.querySelectorAll('[data-vital]')) {
        const digits = value.querySelector('.digits')
        if (digits?.checkVisibility({ visibilityProperty: true })) shown[value.dataset.vital] = digits.innerText.trim()
      }
    }
    requestAnimationFrame(look)
  })
}

/** What `keepPictures` kept, from this time of day on: `{ at, shown }`, digits by vital. */
export const pictures = (page, since = 0) => page.evaluate((from) => globalThis.pictures.filter(({ at }) => at >= from), since)

/**
 * Stops the page's scripts and timers between two tasks, as a browser that freezes a tab; its clocks run on. The answer
 * wakes it as browsers do, who say `resume` before anything else runs, and tells when.
 */
export async function freeze(page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Debugger.enable')
  const paused = new Promise((done) => devtools.once('Debugger.paused', done))
  const held = page.evaluate("debugger; document.dispatchEvent(new Event('resume'))")
  await paused
  return async () => {
    const at = Date.now()
    await devtools.send('Debugger.resume')
    await held
    return at
  }
}

/** All digits that can be seen now. */
export const numbers = (page) => page.locator('[data-vital] .digits').evaluateAll((all) => all
  .filter((it) => it.checkVisibility({ visibilityProperty: true }) && /\d/.test(it.innerText)).map((it) => it.innerText))

/** Runs `test` with a clinic and ends it whatever happens; a page that threw or logged an error fails the test. */
export function withClinic(options, test) {
  return async () => {
    const clinic = await Clinic.open(options)
    try {
      await test(clinic)
      const problems = clinic.pages.flatMap((page) => page.problems)
      if (problems.length > 0) throw new Error(`the page reported: ${problems.join('; ')}`)
    } finally {
      await clinic.close()
    }
  }
}

/** Violations axe finds on the page as it stands, one line each. */
export async function axe(page) {
  await page.evaluate(await readAxe())
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }))
  return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).join(', ')})`)
}

async function readAxe() {
  const { readFile } = await import('node:fs/promises')
  return await readFile(webRequire.resolve('axe-core/axe.min.js'), 'utf8')
}

/** The tile of a vital on a chair, wall or live screen alike. */
export function tile(page, chair, vital) {
  return page.locator(`[data-chair="${chair}"] [data-vital="${vital}"]`)
}

/** Waits until the tile is in the state. */
export async function inState(page, chair, vital, state) {
  await page.locator(`[data-chair="${chair}"] [data-vital="${vital}"][data-state="${state}"]`).first().waitFor()
}

/** What the digits of a tile say. */
export async function digits(page, chair, vital) {
  return (await tile(page, chair, vital).first().locator('.digits').first().innerText()).trim()
}
