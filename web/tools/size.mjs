// Builds into a folder of its own and holds what the wall and the live screen load against its budget: the page, its styles,
// its script with everything that imports at once, and the largest language. `npm run size`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export const BUDGET_KB = 80

const root = fileURLToPath(new URL('..', import.meta.url))
const gzipKb = (bytes) => gzipSync(bytes, { level: 9 }).length / 1024

/** The files a wall or live screen loads, out of the bundle's own list: no screen or language that is loaded later. */
function loadedAtOnce(manifest, screens) {
  const found = new Set(['index.html'])
  const visit = (key) => {
    const chunk = manifest[key]
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file)
    for (const next of chunk.imports ?? []) visit(next)
  }
  visit('index.html')
  for (const screen of screens) visit(screen)
  return found
}

/** The screens whose load is held against the budget, each by itself. */
const SCREENS = ['src/screens/wall/wall.tsx', 'src/screens/live/live.tsx']

/** What must not be in a file of the bundle. */
function faults(name, bytes) {
  return [
    // The replay of recorded sessions must not reach a clinic.
    bytes.includes('session-four-chairs') && `${name} holds the recorded sessions`,
    // The server's content security policy allows neither.
    name.endsWith('.html') &&
      /\sstyle=|<style|<script(?![^>]*\ssrc=)/.test(bytes.toString()) &&
      `${name} holds an inline script or style`,
  ].filter(Boolean)
}

/** Builds and measures: every file, what counts, and what is wrong with any. */
export async function measure() {
  const outDir = mkdtempSync(join(tmpdir(), 'chairside-size-'))
  try {
    await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true, manifest: true } })
    const manifest = JSON.parse(readFileSync(join(outDir, '.vite/manifest.json'), 'utf8'))
    rmSync(join(outDir, '.vite'), { recursive: true })
    const once = loadedAtOnce(manifest, [])
    const loads = SCREENS.map((screen) => [screen, loadedAtOnce(manifest, [screen])])
    const languages = Object.values(manifest).filter(({ src = '' }) => /^src\/words\/[a-z]+\/index\.ts$/.test(src))
    const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => {
        const name = path.slice(outDir.length + 1)
        const bytes = readFileSync(path)
        const language = languages.some(({ file }) => file === name)
        return { name, kb: gzipKb(bytes), once: once.has(name), language, faults: faults(name, bytes) }
      })
    if (languages.length === 0)
      throw new Error('the bundle has no language of its own file: what is measured has changed')
    const largest = Math.max(...files.filter(({ language }) => language).map(({ kb }) => kb))
    const kbOf = (load) => files.filter(({ name }) => load.has(name)).reduce((sum, { kb }) => sum + kb, largest)
    const screens = loads.map(([screen, load]) => ({ screen, kb: kbOf(load) }))
    return {
      files,
      screens,
      totalKb: Math.max(...screens.map(({ kb }) => kb)),
      faults: files.flatMap((file) => file.faults),
    }
  } finally {
    rmSync(outDir, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, screens, totalKb, faults: found } = await measure()
  for (const { name, kb, once, language } of files) {
    const when = once ? 'at once' : language ? 'one of the languages' : 'later'
    console.log(`${kb.toFixed(1).padStart(7)} KB  ${name}, ${when}`)
  }
  for (const { screen, kb } of screens) {
    console.log(
      `${kb.toFixed(1).padStart(7)} KB of ${BUDGET_KB} KB, gzip: ${screen} with the page and the largest language`,
    )
  }
  for (const fault of found) console.error(fault)
  process.exit(found.length > 0 || totalKb > BUDGET_KB ? 1 : 0)
}
