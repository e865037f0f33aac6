// Screenshots of every screen as a person sees it, from the real server and simulators, into shots/. With `--readme` the
// picture of the README is made anew.
import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Clinic, inState } from './rig.mjs'

const SIZES = [
  ['tablet', 1280, 800], ['small-tablet', 1024, 768], ['desktop', 1920, 1080], ['wall', 3840, 2160],
]
const SCREENS = [['wall', '/'], ['chair-1', '/chair/1'], ['chair-3', '/chair/3'], ['settings', '/settings'], ['sources', '/sources/oxi3']]

const top = fileURLToPath(new URL('../..', import.meta.url))
const folder = path.join(top, 'shots')
await mkdir(folder, { recursive: true })

const clinic = await Clinic.open({ beds: { 'BED-01': '1', 'BED-02': '2' }, oximeters: { oxi3: '3', oxi4: '4' } })
try {
  clinic.hl7Monitor('BED-01', '--seed', '11', '--speed', '20')
  clinic.hl7Monitor('BED-02', '--seed', '12', '--speed', '20')
  const oximeter = clinic.oximeter('oxi3', '--seed', '13', '--speed', '20')
  clinic.oximeter('oxi4', '--seed', '14', '--speed', '20')
  const first = await clinic.page()
  for (const chair of ['1', '2', '3', '4']) await inState(first, chair, 'spo2', 'live')
  // A trend worth a picture.
  await first.waitForTimeout(90_000)
  await shoot('living')
  await oximeter.unplug()
  await inState(first, '3', 'spo2', 'lost')
  await shoot('oximeter-pulled')
  await clinic.killServer()
  await first.waitForTimeout(12_000)
  await first.screenshot({ path: path.join(folder, 'server-stopped-wall-tablet.png') })
} finally {
  await clinic.close()
}

async function shoot(state) {
  for (const [size, width, height] of SIZES) {
    for (const [name, route] of SCREENS) {
      const page = await clinic.page({ width, height, route })
      await page.locator('[data-chair], [data-feed], [data-frame]').first().waitFor()
      // Two beats: history and the first live values are there.
      await page.waitForTimeout(2500)
      const file = path.join(folder, `${state}-${name}-${size}.png`)
      await page.screenshot({ path: file })
      if (process.argv.includes('--readme') && state === 'living' && name === 'wall' && size === 'desktop') {
        await copyFile(file, path.join(top, 'docs/images/wall.png'))
      }
      await page.close()
    }
  }
}
