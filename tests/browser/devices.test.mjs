// Several devices on one chair: which one a tile shows, how it says so, and how it comes back.
import assert from 'node:assert/strict'
import test from 'node:test'
import { axe, digits, inState, PATIENCE_MS, tile, withClinic } from './rig.mjs'

const timeout = 4 * PATIENCE_MS
const CHAIR = {
  chairs: 1,
  beds: { 'BED-01': '1' },
  oximeters: { first: '1', second: '1' },
  prefer: { 1: '{ spo2 = ["first", "second", "gateway"], default = ["gateway"] }' },
}

/** Waits until the tile names this source, and for a second choice why the first one is not shown. */
const from = (page, source, because) =>
  tile(page, '1', 'spo2').locator(because ? `[data-instead="${because}"]` : '.source', { hasText: source }).first().waitFor()

test('the second oximeter takes over when the first is pulled, says so, and gives way again', { timeout }, withClinic(CHAIR, async (clinic) => {
  clinic.hl7Monitor('BED-01')
  const first = clinic.oximeter('first')
  clinic.oximeter('second')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'spo2', 'live')
  await from(page, 'first, oximeter')
  await inState(page, '1', 'heart_rate', 'live')
  const place = async () => (await tile(page, '1', 'spo2').locator('.digits').first().boundingBox()).y
  const before = await place()

  await first.unplug()
  await from(page, /^From second: first link lost since \d\d:\d\d:\d\d$/, 'linkLost')
  await inState(page, '1', 'spo2', 'live')
  assert.match(await digits(page, '1', 'spo2'), /^\d{2,3}$/)
  assert.equal(await place(), before, 'the words move no number')
  await page.getByRole('img', { name: /SpO₂.*From \d\d:\d\d:\d\d: second\./ }).waitFor()
  assert.deepEqual(await axe(page), [])

  await page.getByRole('button', { name: 'Table' }).click()
  await page.locator('td', { hasText: /^\d+ second, oximeter$/ }).first().waitFor()

  clinic.oximeter('first')
  await from(page, 'first, oximeter')
  assert.equal(await tile(page, '1', 'spo2').locator('[data-instead]').count(), 0)
}))

test('the wall marks a number that is not of the first choice, with a shape and its name', { timeout }, withClinic(CHAIR, async (clinic) => {
  const first = clinic.oximeter('first')
  const page = await clinic.page()
  // While nobody else speaks it is the first choice whose value is live; a heart rate comes from the gateway only.
  await inState(page, '1', 'spo2', 'live')
  clinic.hl7Monitor('BED-01')
  await inState(page, '1', 'heart_rate', 'live')
  await first.unplug()
  const mark = tile(page, '1', 'spo2').locator('[data-instead="linkLost"]')
  await mark.waitFor()
  assert.match(await mark.innerText(), /gateway/)
  assert.equal(await mark.locator('svg').count(), 1)
  assert.match(await mark.innerText(), /From gateway: first link lost since/, 'read out')
  assert.deepEqual(await axe(page), [])
}))

test('h06: a probe that is off gives way to the other device with its reason', { timeout }, withClinic(CHAIR, async (clinic) => {
  clinic.oximeter('first', '--fault', 'sensor-off@6+12')
  clinic.oximeter('second')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'spo2', 'live')
  await from(page, /^From second: first says /, 'absent')
  assert.match(await digits(page, '1', 'spo2'), /^\d{2,3}$/)
  await from(page, 'first, oximeter')
}))

test('the settings page shows which devices a chair has, in order', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await clinic.page({ route: '/settings' })
  const devices = page.locator('[data-devices="1"]')
  await devices.waitFor()
  const rows = await devices.locator('dl > div').evaluateAll((all) =>
    all.map((row) => [row.querySelector('dt').innerText, ...[...row.querySelectorAll('li')].map((li) => li.innerText)].join(' ')),
  )
  assert.deepEqual(rows, ['PR first second gateway', 'SpO₂ first second gateway', 'All other values gateway first second'])
  assert.deepEqual(await axe(page), [])
}))
