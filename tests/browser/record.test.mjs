// A session that is over, as a clinician reads it: found, read, followed to its bytes, played again, amended, signed, compared, given away.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { axe, inState, PATIENCE_MS, withClinic } from './rig.mjs'

const timeout = 6 * PATIENCE_MS
const CHAIR = { chairs: 2, beds: { 'BED-01': '1' } }
const PATIENT = 'P-BED-01'
const NURSE = { name: 'Ada Nurse', role: 'nurse' }
const CLINICIAN = { name: 'Lee, Ann', role: 'clinician' }
const CHECKS = ['identity confirmed', 'consent seen', 'indication', 'allergies', 'fasting', 'medicines', 'weight', 'escort']

let pressed = 0

/** Does something at chair 1 as its screen would; the answer is the entry. */
async function act(page, session, what, by = NURSE) {
  pressed += 1
  const body = { key: pressed.toString(16).padStart(32, '0'), by, late: false, act: what, ...(session ? { session } : {}) }
  const { status, answer } = await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch('/api/chairs/1/session', { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, answer: await response.json() }
  }, body)
  assert.equal(status, 200, `${what.is}: ${JSON.stringify(answer)}`)
  return answer.recorded
}

/** Until the monitor has sent a number that is measured after now. */
async function measured(page) {
  const before = await page.locator('[data-life]').first().getAttribute('data-life')
  await page.waitForFunction((was) => document.querySelector('[data-life]').dataset.life !== was, before)
  await inState(page, '1', 'spo2', 'live')
}

/** A whole session at chair 1, from check-in to discharge; the answer is its id. */
async function held(page, number = 1) {
  const patient = { id: PATIENT, name: 'Doe, Jane', born: '1980-02-29', alias: 'J. D.' }
  const plan = {
    template: 'IV 40 min', number, of: 6, infusionMin: 40, cuffInfusingMin: 10, cuffObservingMin: 15, observeMin: 0,
    assessFirstMin: 15, assessLaterMin: 30,
  }
  const session = `1-${await act(page, undefined, { is: 'opened', patient, plan })}`
  const now = (what, by) => act(page, session, what, by)
  const move = (to, reason = '') => now({ is: 'moved', to, reason }, CLINICIAN)
  for (const entry of CHECKS) await now({ is: 'entry', entry, text: entry === 'escort' ? 'Sister' : 'as asked' })
  await measured(page)
  await move('baseline')
  await now({ is: 'baseline', values: [] })
  await move('infusing', 'urgent start')
  await now({ is: 'entry', entry: 'dose event', text: 'Bag 1 connected, as documented' })
  await now({ is: 'entry', entry: 'nausea', score: 2, text: '' })
  await measured(page)
  await move('observing', 'finished sooner')
  await move('ready', 'symptoms resolved')
  await move('discharged', 'transfer')
  const body = { by: NURSE }
  await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json' }
    await fetch('/api/chairs/1/clear', { method: 'POST', headers, body: JSON.stringify(body) })
  }, body)
  return session
}

/** A clinic whose chair 1 had these sessions, and a page that knows who looks. */
async function withSessions(clinic, count = 1) {
  clinic.hl7Monitor('BED-01', '--speed', '20')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'nibp', 'current')
  await inState(page, '1', 'spo2', 'live')
  const sessions = []
  for (let n = 1; n <= count; n++) sessions.push(await held(page, n))
  await page.evaluate((who) => localStorage.setItem('chairside.person', JSON.stringify(who)), CLINICIAN)
  await page.reload()
  return { page, sessions }
}

const go = async (page, clinic, route) => page.goto(clinic.url + route)

test('a session is found, read, and a number followed to its bytes', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { page, sessions: [session] } = await withSessions(clinic)
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.locator('input[type="search"]').fill('doe')
  const row = page.locator(`[data-row="${session}"]`)
  await row.waitFor()
  assert.ok(!page.url().includes('oe'), 'nothing of a patient stands in the address')
  assert.deepEqual(await axe(page), [])
  await page.locator('input[type="search"]').fill('nobody of this name')
  await page.locator('[data-nothing]').waitFor()
  await page.locator('input[type="search"]').fill(PATIENT)
  await row.waitFor()
  // By keyboard from the field into the rows.
  await page.locator('input[type="search"]').press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator(`main[data-record="${session}"]`).waitFor()
  const head = await page.locator('header').innerText()
  for (const part of ['Doe, Jane', '1980-02-29', PATIENT]) assert.ok(head.includes(part), `h01: ${part} in ${head}`)
  await page.locator('[data-seal="none"]', { hasText: 'UNSIGNED DRAFT' }).waitFor()
  assert.deepEqual(await axe(page), [])

  // Every act is there, and who opened the record stands in it.
  await page.locator('[data-tab="events"]').click()
  await page.locator('[data-act="entry"]', { hasText: 'Nausea 2' }).waitFor()
  await page.locator('[data-tab="audit"]').click()
  await page.locator('[data-audit="viewed"]', { hasText: 'Lee, Ann' }).waitFor()

  // From a cell of the table to a value, and from there to the bytes of the monitor.
  await page.locator('[data-tab="table"]').click()
  await page.locator('table[data-every="5"] button', { hasText: /\d/ }).first().click()
  const value = page.locator('[data-raw] button', { hasText: /\d$/ }).first()
  const digits = (await value.innerText()).trim().split(/\s+/).at(-1)
  await value.click()
  const origin = page.locator('[data-origin]')
  await origin.locator('mark').first().waitFor()
  const marked = (await origin.locator('mark').allInnerTexts()).join(' ')
  assert.ok(marked.includes(digits), `${digits} in the marked bytes: ${marked}`)
  assert.ok((await origin.innerText()).includes('gateway'))
  assert.deepEqual(await axe(page), [])
  // One thing at a time, and back to the list at last.
  await page.keyboard.press('Escape')
  await origin.waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await row.waitFor()
}))

test('a session is played again as the live screen showed it, striped', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { page, sessions: [session] } = await withSessions(clinic)
  await go(page, clinic, `/sessions/${session}`)
  await page.locator(`main[data-record="${session}"]`).waitFor()
  await page.getByRole('link', { name: 'Replay' }).click()
  await page.locator('main[data-replay="paused"]').waitFor()
  await page.getByRole('heading', { name: 'REPLAY' }).waitFor()
  const moment = async () => Number(await page.locator('main[data-replay]').getAttribute('data-at'))
  const begin = await moment()
  await page.getByRole('button', { name: 'Next event' }).click()
  await page.locator('[data-act="play"]').click()
  await page.waitForFunction((was) => Number(document.querySelector('main[data-replay]').dataset.at) > was, begin)
  await page.locator('[data-vital="spo2"]').first().waitFor()
  assert.deepEqual(await axe(page), [])
  // Nothing of it can be pressed at the chair.
  assert.equal(await page.locator('main[data-replay] .hold').count(), 0)
  await go(page, clinic, `/sessions/${session}`)
  await page.locator('[data-tab="audit"]').click()
  await page.locator('[data-audit="replayed"]').first().waitFor()
}))
