// What a nurse sees of a value: it comes, it ages, it goes, it comes back.
import assert from 'node:assert/strict'
import test from 'node:test'
import { axe, digits, inState, PATIENCE_MS, tile, withClinic } from './rig.mjs'

const FOUR = { beds: { 'BED-01': '1', 'BED-02': '2' }, oximeters: { oxi3: '3', oxi4: '4' } }
const timeout = 4 * PATIENCE_MS

test('four monitors are four living chairs on the wall, and a click opens one', { timeout }, withClinic(FOUR, async (clinic) => {
  for (const bed of ['BED-01', 'BED-02']) clinic.hl7Monitor(bed)
  for (const name of ['oxi3', 'oxi4']) clinic.oximeter(name)
  const page = await clinic.page()
  for (const chair of ['1', '2']) {
    await inState(page, chair, 'heart_rate', 'live')
    await inState(page, chair, 'nibp', 'current')
    assert.match(await digits(page, chair, 'nibp'), /^\d{2,3}\/\d{2,3}/)
  }
  for (const chair of ['1', '2', '3', '4']) {
    await inState(page, chair, 'spo2', 'live')
    assert.match(await digits(page, chair, 'spo2'), /^\d{2,3}$/)
  }
  assert.equal(await tile(page, '3', 'heart_rate').count(), 0, 'h05: the pulse of an oximeter is not called a heart rate')
  assert.deepEqual(await axe(page), [])
  await page.locator('[data-chair="3"]').first().click()
  await page.waitForURL('**/chair/3')
  await inState(page, '3', 'spo2', 'live')
  await page.locator('canvas').first().waitFor()
  assert.deepEqual(await axe(page), [])
}))

test('p09: a pulled cable is said at once, then the tile goes -- with the last value, and plugging in brings it back', { timeout }, withClinic(FOUR, async (clinic) => {
  const oximeter = clinic.oximeter('oxi3')
  const page = await clinic.page({ route: '/chair/3' })
  await inState(page, '3', 'spo2', 'live')
  const last = await digits(page, '3', 'spo2')
  await oximeter.unplug()
  // The link at once, the digits by their age: first as late, with a shape and words, then no more.
  await tile(page, '3', 'spo2').locator('[data-link="lost"]', { hasText: 'Link lost' }).waitFor()
  await inState(page, '3', 'spo2', 'delayed')
  assert.match(await digits(page, '3', 'spo2'), /^\d{2,3}$/)
  await inState(page, '3', 'spo2', 'lost')
  assert.equal(await digits(page, '3', 'spo2'), '--')
  const said = await tile(page, '3', 'spo2').first().innerText()
  assert.match(said, /last \d+ at \d{2}:\d{2}:\d{2}/)
  assert.ok(Math.abs(Number(/last (\d+)/.exec(said)[1]) - Number(last)) <= 3, said)
  clinic.oximeter('oxi3')
  await inState(page, '3', 'spo2', 'live')
}))

test('h03: a monitor that falls silent is delayed, then lost, though its connection stands', { timeout }, withClinic(FOUR, async (clinic) => {
  clinic.hl7Monitor('BED-01', '--fault', 'silence@6')
  const page = await clinic.page()
  await inState(page, '1', 'spo2', 'live')
  await inState(page, '1', 'spo2', 'delayed')
  assert.match(await digits(page, '1', 'spo2'), /^\d{2,3}$/)
  await inState(page, '1', 'spo2', 'lost')
  assert.equal(await digits(page, '1', 'spo2'), '--')
}))

for (const [what, stop, start] of [
  ['killed', (c) => c.killServer(), (c) => c.startServer()],
  ['frozen', (c) => c.freezeServer(), (c) => c.thawServer()],
]) {
  test(`p09: with the server ${what} the page says so, blanks every digit by itself, and resumes`, { timeout }, withClinic(FOUR, async (clinic) => {
    clinic.hl7Monitor('BED-01')
    clinic.oximeter('oxi3')
    const page = await clinic.page()
    await inState(page, '1', 'heart_rate', 'live')
    await inState(page, '3', 'spo2', 'live')
    await stop(clinic)
    await page.locator('[data-banner]', { hasText: 'Not receiving data' }).waitFor()
    await page.waitForFunction(() => {
      const all = [...document.querySelectorAll('[data-vital] .digits')].filter((e) => e.checkVisibility({ visibilityProperty: true }))
      return all.every((e) => !/\d/.test(e.innerText))
    })
    await start(clinic)
    await inState(page, '1', 'heart_rate', 'live')
    await inState(page, '3', 'spo2', 'live')
    await page.locator('[data-banner]', { hasText: 'Not receiving data' }).waitFor({ state: 'hidden' })
  }))
}

test('an unassigned feed is named on the settings page and can be given to a chair', { timeout }, withClinic({ chairs: 2 }, async (clinic) => {
  clinic.hl7Monitor('WARD 7')
  const page = await clinic.page({ route: '/settings' })
  const feed = page.locator('li[data-feed]', { hasText: 'WARD 7' })
  await feed.waitFor()
  assert.deepEqual(await axe(page), [])
  await feed.locator('select').selectOption('2')
  await feed.locator('button').first().click()
  await page.goto(`${clinic.url}/`)
  await inState(page, '2', 'heart_rate', 'live')
}))

test('h12: every screen says which alarm is the primary one', { timeout }, withClinic({}, async (clinic) => {
  for (const route of ['/', '/chair/1', '/settings']) {
    const page = await clinic.page({ route })
    await page.getByText('Bedside monitor is the primary alarm.').waitFor()
  }
}))
