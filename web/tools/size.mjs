// Builds into a folder of its own and holds what a wall or live screen loads against its budget. `npm run size`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const BUDGET_KB = 80

const outDir = mkdtempSync(join(tmpdir(), 'chairside-size-'))
await build({ logLevel: 'error', build: { outDir, emptyOutDir: true } })
const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
let total = 0
let failed = false
for (const file of files) {
  const bytes = readFileSync(file)
  const size = gzipSync(bytes, { level: 9 }).length
  total += size
  console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file.slice(outDir.length + 1)}`)
  // The replay of recorded sessions and its words must not reach a clinic.
  if (bytes.includes('session-four-chairs')) {
    failed = true
    console.error(`${file} holds the recorded sessions`)
  }
  // The server's content security policy allows neither.
  if (file.endsWith('.html') && /\sstyle=|<style|<script(?![^>]*\ssrc=)/.test(bytes.toString())) {
    failed = true
    console.error(`${file} holds an inline script or style`)
  }
}
rmSync(outDir, { recursive: true })
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB of ${BUDGET_KB} KB, gzip`)
process.exit(failed || total > BUDGET_KB * 1024 ? 1 : 0)
