// Builds into a folder of its own and holds what the wall and the live screen load for their numbers against the budget: the
// page, its styles, its scripts with everything they import at once, and the largest language. `npm run size`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export const BUDGET_KB = 80

const root = fileURLToPath(new URL('..', import.meta.url))
const gzipKb = (bytes) => gzipSync(bytes, { level: 9 }).length / 1024

/** The files that come with a part of the page, out of the bundle's own list: itself and what it imports at once. */
function loadedWith(manifest, part, found = new Set()) {
  const chunk = manifest[part]
  if (chunk === undefined) throw new Error(`the bundle has no part ${part}: what is measured has changed`)
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file)
  for (const next of chunk.imports ?? []) loadedWith(manifest, next, found)
  return found
}

/** What each screen loads for its numbers; the chart of the live screen comes after them. */
const PARTS = {
  wall: ['index.html'],
  'live screen': ['index.html', 'src/screens/live/live.tsx'],
  'live screen with its chart': ['index.html', 'src/screens/live/live.tsx', 'src/charts/trend.tsx'],
}
/** Numbers first: a chart may take longer. */
const COUNTED = ['wall', 'live screen']

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
    const languages = Object.values(manifest).filter(({ src = '' }) => /^src\/words\/[a-z]+\/index\.ts$/.test(src))
    const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => {
        const name = path.slice(outDir.length + 1)
        const bytes = readFileSync(path)
        const language = languages.some(({ file }) => file === name)
        return { name, kb: gzipKb(bytes), language, faults: faults(name, bytes) }
      })
    if (languages.length === 0) throw new Error('no language has a file of its own: what is measured has changed')
    const largest = Math.max(...files.filter(({ language }) => language).map(({ kb }) => kb))
    const screens = Object.entries(PARTS).map(([screen, parts]) => {
      const own = new Set(['index.html'])
      for (const part of parts) loadedWith(manifest, part, own)
      const kb = files.filter(({ name }) => own.has(name)).reduce((sum, file) => sum + file.kb, largest)
      return { screen, kb, counts: COUNTED.includes(screen) }
    })
    const totalKb = Math.max(...screens.filter(({ counts }) => counts).map(({ kb }) => kb))
    return { files, screens, totalKb, faults: files.flatMap((file) => file.faults) }
  } finally {
    rmSync(outDir, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, screens, totalKb, faults: found } = await measure()
  const line = (kb, what) => console.log(`${kb.toFixed(1).padStart(7)} KB  ${what}`)
  for (const { name, kb } of files) line(kb, name)
  console.log(`gzip, with the largest language; ${BUDGET_KB} KB is the budget:`)
  for (const { screen, kb, counts } of screens) line(kb, `${screen}${counts ? '' : ', not counted'}`)
  for (const fault of found) console.error(fault)
  process.exit(found.length > 0 || totalKb > BUDGET_KB ? 1 : 0)
}
