// Real server, real simulators, real browser. Everything a test starts is ended by `close()`.
import { spawn } from 'node:child_process'
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
  static async open({ chairs = 4, beds = {}, oximeters = {}, prefer = {} } = {}) {
    const clinic = new Clinic()
    clinic.folder = await mkdtemp(path.join(tmpdir(), 'chairside-browser-'))
    clinic.web = await freePort()
    clinic.hl7 = await freePort()
    clinic.url = `http://127.0.0.1:${clinic.web}`
    clinic.monitors = []
    clinic.pages = []
    const route = Object.entries(beds).map(([bed, chair]) => `{ bed = "${bed}", chair = "${chair}" }`)
    const text = [
      'data = "data"', `listen = "127.0.0.1:${clinic.web}"`, 'zone = "UTC"',
      ...Array.from({ length: chairs }, (_, n) => `[[chair]]\nid = "${n + 1}"\nname = "Chair ${n + 1}"`
        + (prefer[n + 1] ? `\nprefer = ${prefer[n + 1]}` : '')),
      `[[source]]\nid = "gateway"\nprotocol = "hl7"\nlisten = "127.0.0.1:${clinic.hl7}"\nroute = [${route.join(', ')}]`,
      ...Object.entries(oximeters).map(([name, chair]) =>
        `[[source]]\nid = "${name}"\nprotocol = "nellcor"\nport = "${clinic.port(name)}"\nchair = "${chair}"`),
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
      createInterface({ input: server.stdout }).on('line', (line) => line.trimStart().startsWith('Stop') && ready())
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
    return this.monitor('hl7', '--to', to, '--dialect', 'mindray', '--bed', bed, '--patient', `P-${bed}`, '--interval-s', '1', ...more)
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
    await Promise.all([...this.monitors, this.server].map((child) => end(child, 'SIGKILL')))
    await rm(this.folder, { recursive: true, force: true })
  }
}

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
