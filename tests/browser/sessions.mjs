// Whole sessions at chair 1, held as its screen would, for tests of what comes after them.
import assert from 'node:assert/strict'
import { inState } from './rig.mjs'

export const PATIENT = 'P-BED-01'
export const NURSE = { name: 'Ada Nurse', role: 'nurse' }
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
export async function withSessions(clinic, count = 1) {
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

/** Holds the signature until `then` is there. */
export async function holdSign(page, then) {
  const button = page.locator('button[data-act="sign"]')
  await button.focus()
  await page.keyboard.down(' ')
  await page.locator(then).waitFor()
  await page.keyboard.up(' ')
}
