// The trend of a session: what a nurse, a keyboard and a screen reader find there.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { longSession, serve } from '../../web/tools/long_session.mjs'
import { axe, inState, PATIENCE_MS, withClinic } from './rig.mjs'

const ONE = { chairs: 2, beds: { 'BED-01': '1' } }
const timeout = 4 * PATIENCE_MS
const BY = { name: 'Ada Nurse', role: 'nurse' }
const PATIENT = { id: 'P-BED-01', name: 'Doe, Jane', born: '1980-02-29', alias: 'J. D.' }
const PLAN = { template: 'IV 40 min', number: 3, of: 8, infusionMin: 40, cuffInfusingMin: 10, cuffObservingMin: 15, observeMin: 60, assessFirstMin: 15, assessLaterMin: 30 }

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
  assert.ok(heads.some((head) => head.startsWith('HR')), heads.join())
  const text = await table.locator('tbody').innerText()
  assert.match(text, /Infusing/)
  assert.match(text, /Drug given: Ondansetron 4 mg/)
  assert.doesNotMatch(text, /Nausea/)
  await page.getByLabel('Rows').selectOption('10')
  await page.locator('.trend table[data-rows="10"]').waitFor()
}))

test('a session of four hours moves with keys alone, the focus is seen, and the past is said and left again', { timeout }, withClinic(ONE, async (clinic) => {
  // The page of the real server, and a chair as that server would tell it after four hours.
  const page = await clinic.page()
  await serve(page, longSession({ hours: 4 }))
  await page.goto(`${clinic.url}/chair/1`)
  const view = (name) => page.locator(`.trend[data-view="${name}"]`).waitFor()
  await view('session')
  await page.locator('[data-event]').nth(3).waitFor()
  const labels = page.locator('.moving')
  const before = await labels.getAttribute('aria-label')
  await labels.focus()
  await page.keyboard.press('v')
  await view('60')
  await page.keyboard.press('PageUp')
  await view('moved')
  assert.notEqual(await labels.getAttribute('aria-label'), before)
  assert.equal(await labels.evaluate((el) => getComputedStyle(el).outlineWidth), '3px')
  await page.locator('.trend .past', { hasText: 'Now' }).waitFor()
  assert.match(await page.locator('.trend .past').innerText(), /^\d\d:\d\d to \d\d:\d\d/)
  await page.keyboard.press('End')
  await view('60')
  await page.locator('.trend .past').waitFor({ state: 'detached' })
  await page.keyboard.press('Home')
  await view('session')
  // Entries have one stop of the Tab key; arrows go on from there.
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
  await page.keyboard.press('Shift+Tab')
  const last = await focused()
  await page.keyboard.press('ArrowLeft')
  assert.notEqual(await focused(), last)
  await page.locator('.event-card').waitFor()
}))

test('h06 an artefact, an absence and a value that was typed are said in the table', { timeout }, withClinic(ONE, async (clinic) => {
  const page = await clinic.page()
  await serve(page, longSession({ hours: 2 }))
  await page.goto(`${clinic.url}/chair/1`)
  await page.getByRole('button', { name: 'Table' }).click()
  await page.locator('.trend tbody tr').nth(90).waitFor()
  const text = await page.locator('.trend tbody').innerText()
  for (const said of [/88\/40 \(56\) artefact/, /142\/88 \(106\) typed/, /sensor off/, /no data/, /\d \?/]) assert.match(text, said)
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
