// The trend of a session: what a nurse, a keyboard and a screen reader find there.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { axe, inState, PATIENCE_MS, withClinic } from './rig.mjs'

const ONE = { chairs: 2, beds: { 'BED-01': '1' } }
const timeout = 4 * PATIENCE_MS
const BY = { name: 'Ada Nurse', role: 'nurse' }
const PATIENT = { id: 'TEST-0001', name: 'Doe, Jane', born: '1980-02-29', alias: 'J. D.' }
const PLAN = { template: 'IV 40 min', number: 3, of: 8, infusionMin: 40, cuffInfusingMin: 10, cuffObservingMin: 15, observeMin: 60 }

/** Presses something in the session of chair 1; the answer is the entry that holds it. */
async function act(clinic, session, what) {
  const answer = await fetch(`${clinic.url}/api/chairs/1/session`, {
    method: 'POST',
    headers: { Origin: clinic.url, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...(session && { session }), key: randomUUID().replaceAll('-', ''), by: BY, late: false, act: what }),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()).recorded
}

/** A chair in the middle of an infusion. */
async function infusing(clinic) {
  clinic.hl7Monitor('BED-01')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'heart_rate', 'live')
  const session = `1-${await act(clinic, undefined, { is: 'opened', patient: PATIENT, plan: PLAN })}`
  for (const to of ['baseline', 'infusing']) await act(clinic, session, { is: 'moved', to, reason: '' })
  return { page, session }
}

test('an entry is a tick that says what it is on focus, and stands in the table; an undone one is gone', { timeout }, withClinic(ONE, async (clinic) => {
  const { page, session } = await infusing(clinic)
  await act(clinic, session, { is: 'entry', entry: 'drug given', text: 'Ondansetron 4 mg' })
  const tick = page.locator('[data-event]').first()
  await tick.waitFor()
  await page.locator('.trend').getByText('Ondansetron').waitFor({ state: 'detached' })
  await tick.focus()
  await page.locator('.event-card', { hasText: 'Drug given: Ondansetron 4 mg' }).waitFor()
  assert.match(await tick.getAttribute('aria-label'), /^\d\d:\d\d:\d\d, T\+ 0:00:\d\d: Drug given: Ondansetron 4 mg/)
  await page.keyboard.press('Escape')
  await page.locator('.event-card').waitFor({ state: 'detached' })
  assert.match(page.url(), /chair\/1$/, 'Esc closed the card, not the chair')

  const undone = await act(clinic, session, { is: 'entry', entry: 'nausea', score: 3, text: '' })
  await page.locator('[data-event="2"]').waitFor()
  await act(clinic, session, { is: 'undo', of: undone, reason: 'mistake' })
  await page.locator('[data-event="1"]').waitFor()

  await page.locator('.moving').focus()
  await page.keyboard.press('t')
  const table = page.locator('.trend table')
  await table.waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.querySelector('table') !== null), true, 'the keys go on in the table')
  assert.match(await table.locator('caption').innerText(), /Last value in each minute/)
  const heads = await table.locator('thead th').allInnerTexts()
  assert.equal(heads[0], 'T+')
  assert.ok(heads.some((head) => head.startsWith('HR')) && heads.some((head) => head.startsWith('NIBP')), heads.join())
  const text = await table.locator('tbody').innerText()
  assert.match(text, /Infusing/)
  assert.match(text, /Drug given: Ondansetron 4 mg/)
  assert.doesNotMatch(text, /Nausea/)
  await page.getByLabel('Rows').selectOption('10')
  await page.locator('.trend table[data-rows="10"]').waitFor()
}))

test('views and the picture move with keys alone, the focus is seen, and the past says that it is not now', { timeout }, withClinic(ONE, async (clinic) => {
  const { page } = await infusing(clinic)
  const view = (name) => page.locator(`.trend[data-view="${name}"]`).waitFor()
  await view('session')
  await page.locator('.moving').focus()
  await page.keyboard.press('v')
  await page.keyboard.press('v')
  await page.keyboard.press('ArrowLeft')
  await view('moved')
  await page.locator('.past', { hasText: 'Now' }).waitFor()
  const outline = await page.locator('.moving').evaluate((el) => getComputedStyle(el).outlineWidth)
  assert.equal(outline, '3px')
  await page.keyboard.press('End')
  await page.locator('.past').waitFor({ state: 'detached' })
}))

for (const theme of ['dark', 'light']) {
  test(`the ${theme} live screen is clean with a session and without, at 200 % zoom too, and nothing moves for who wants rest`, { timeout }, withClinic(ONE, async (clinic) => {
    const { page, session } = await infusing(clinic)
    await act(clinic, session, { is: 'entry', entry: 'sedation', score: 4, text: '' })
    for (const route of ['/chair/1', '/chair/2']) {
      await page.evaluate((chosen) => localStorage.setItem('chairside.theme', chosen), theme)
      await page.emulateMedia({ reducedMotion: 'reduce' })
      for (const size of [{ width: 1280, height: 800 }, { width: 640, height: 400 }]) {
        await page.setViewportSize(size)
        await page.goto(clinic.url + route)
        await page.locator('main[data-chair][data-word]').waitFor()
        if (route === '/chair/1') {
          await inState(page, '1', 'spo2', 'live')
          await page.locator('[data-event]').first().waitFor()
        }
        assert.deepEqual(await axe(page), [], `${route} ${size.width}`)
        const wide = await page.evaluate(() => [...document.querySelectorAll('html, body, main, .screen, .trend, .bar')]
          .filter((el) => el.scrollWidth > el.clientWidth + 1).map((el) => el.className || el.tagName))
        assert.deepEqual(wide, [], `${route} scrolls sideways at ${size.width}`)
        const moving = await page.evaluate(() => document.getAnimations().map((it) => it.effect?.target?.id).filter((id) => id !== 'veil'))
        assert.deepEqual(moving, [])
      }
    }
  }))
}
