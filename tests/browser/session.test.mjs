// A session as the nurse at the chair has it: opened, run and ended by hand, through loss of the server and of the network.
import assert from 'node:assert/strict'
import test from 'node:test'
import { axe, inState, PATIENCE_MS, withClinic } from './rig.mjs'

const timeout = 6 * PATIENCE_MS
const CHAIR = { chairs: 2, beds: { 'BED-01': '1' } }
/** The simulated monitor names this number. */
const PATIENT = 'P-BED-01'

/** Says who presses on this screen. */
async function sign(page, name, role = 'nurse') {
  await page.locator('button[data-person]').click()
  const form = page.locator('[data-sheet="person"] form').first()
  await form.locator('input').fill(name)
  await form.locator('select').selectOption(role)
  await form.locator('button').click()
  await page.locator(`button[data-person="${name}"]`).waitFor()
}

/** Opens a session through the form; `more` fills other fields. */
async function openSession(page, more = {}) {
  await page.locator('[data-act="new"]').click()
  const fields = {
    id: PATIENT, name: 'Doe, Jane', born: '1980-02-29', template: 'Test plan', number: '2', of: '6', infusionMin: '40', observeMin: '0', ...more,
  }
  const select = page.locator('form.start select')
  if (await select.count() > 0) await select.selectOption('')
  for (const [name, value] of Object.entries(fields)) await page.locator(`form.start [name="${name}"]`).fill(value)
  await page.locator('[data-act="open"]').click()
  await page.locator('[data-phase="checked in"]').waitFor()
}

/** Leaves the check-in list out, as an urgent start would. */
async function skipCheckIn(page) {
  await page.locator('[data-act="skip-rest"]').click()
  await because(page, 'urgent start')
  await page.locator('[data-act="to-baseline"]:enabled').click()
  await page.locator('[data-phase="baseline"]').waitFor()
}

/** Taps a reason. */
const because = (page, reason) => page.locator('[data-sheet] .chips').getByRole('button', { name: reason, exact: true }).click()

/** Holds a main action until `then` is there; by keyboard where `key` is given. */
async function hold(page, act, then, key) {
  const button = page.locator(`[data-act="${act}"]`)
  if (key !== undefined) {
    await button.focus()
    await page.keyboard.down(key)
    await page.locator(then).waitFor()
    await page.keyboard.up(key)
    return
  }
  await button.hover()
  await page.mouse.down()
  await page.locator(then).waitFor()
  await page.mouse.up()
}

/** Starts an infusion from the baseline, with the reason for what is missing. */
async function startInfusion(page) {
  await hold(page, 'start', '[data-sheet="why"]')
  await because(page, 'urgent start')
  await page.locator('[data-phase="infusing"]').waitFor()
}

/** A running session at chair 1. */
async function running(clinic) {
  clinic.hl7Monitor('BED-01')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'spo2', 'live')
  await sign(page, 'Ada Nurse')
  await openSession(page)
  await skipCheckIn(page)
  await startInfusion(page)
  // What a test cuts off or counts from here on is its own.
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  return page
}

/** Two taps: the kind, the number. */
async function score(page, kind, number) {
  await page.locator(`[data-enter="${kind}"]`).click()
  await page.locator(`[data-sheet] [data-score="${number}"]`).first().click()
}

const tab = (page, name) => page.locator(`[data-tab="${name}"]`).click()

/** Lines of the list of entries that say this. */
const lines = (page, text, is = 'recorded') => page.locator(`.entries:not(.latest) [data-line="${is}"]`, { hasText: text })

/** `10:42:05` as seconds of the day. */
const seconds = (text) => text.split(':').reduce((all, part) => all * 60 + Number(part), 0)
const timesOf = (text) => [...text.matchAll(/\d\d:\d\d:\d\d/g)].map(([time]) => seconds(time))

test('a session from check-in to discharge', { timeout }, withClinic(CHAIR, async (clinic) => {
  // A cuff reading every few seconds.
  clinic.hl7Monitor('BED-01', '--speed', '20')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'nibp', 'current')
  await page.locator('[data-nobody="free"]').waitFor()
  await sign(page, 'Ada Nurse')
  await openSession(page, { allergies: 'penicillin' })
  const head = await page.locator('[data-session]').innerText()
  for (const part of ['Doe, Jane', '1980-02-29', PATIENT, 'Session 2 of 6']) assert.ok(head.includes(part), `h01: ${part} in ${head}`)
  assert.deepEqual(await axe(page), [])

  await page.locator('[data-check="allergies"][data-is="done"]', { hasText: 'penicillin' }).waitFor()
  await page.locator('[data-check="identity confirmed"]').getByRole('button', { name: 'Done' }).click()
  await page.locator('[data-check="identity confirmed"][data-is="done"]').waitFor()
  assert.ok(await page.locator('[data-act="to-baseline"]').isDisabled(), 'items are open')
  await skipCheckIn(page)

  await inState(page, '1', 'nibp', 'current')
  await page.locator('[data-act="baseline"]').click()
  await page.locator('[data-vital="heart_rate"] [data-change]', { hasText: /^(0|[+\u2212]\d+) from \d+$/ }).waitFor()
  await page.locator('[data-act="go"]').click()
  await page.locator('[data-sheet="clinician"] input').fill('Dr. Stein')
  await page.locator('[data-sheet="clinician"]').getByRole('button', { name: 'Record' }).click()
  await page.locator('.clocks', { hasText: 'go by Dr. Stein' }).waitFor()
  await hold(page, 'start', '[data-phase="infusing"]')
  await page.locator('[data-elapsed]', { hasText: 'T+ 0:00:' }).waitFor()
  assert.deepEqual(await axe(page), [])

  await score(page, 'sedation', 5)
  await page.locator('[data-enter="side effect"]').click()
  await page.locator('[data-effect="headache"] [data-score="1"]').click()
  await page.keyboard.press('d')
  const drug = page.locator('[data-sheet="entry drug given"]')
  assert.match(await drug.innerText(), /Nothing is checked or computed/, 'h16')
  await drug.locator('textarea').fill('ondansetron 4 mg iv')
  await drug.getByRole('button', { name: 'Record', exact: true }).click()
  await page.keyboard.press('n')
  await page.locator('[data-sheet="entry note"] textarea').fill('calm, music on')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.locator('[data-enter="vomited"]').click()
  await page.getByRole('button', { name: 'Record now' }).click()
  await page.keyboard.press('b')
  await page.locator('[name="nibp systolic"]').fill('131')
  await page.locator('[name="nibp diastolic"]').fill('82')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.keyboard.press('m')
  await page.locator('[data-span="nibp"]').first().click()
  await because(page, 'cuff moved')
  await tab(page, 'entries')
  for (const says of ['Sedation 5 alert', 'Headache 1 mild', 'Note: calm, music on', 'Drug given: ondansetron 4 mg iv', 'Vomited', 'Typed: NIBP 131/82', 'Artefact: NIBP: cuff moved'])
    await lines(page, says).waitFor()
  await lines(page, 'Vomited').getByRole('button').click()
  await because(page, 'pressed by mistake')
  await page.locator('[data-undone]', { hasText: 'Vomited' }).filter({ hasText: 'undone by Ada Nurse: pressed by mistake' }).waitFor()
  assert.deepEqual(await axe(page), [])

  // Too short a press does nothing; what comes after it is recorded in the same phase.
  await page.locator('[data-act="stop"]').click()
  await tab(page, 'enter')
  await score(page, 'nausea', 0)
  await page.locator('.latest [data-line="recorded"]', { hasText: 'Nausea 0 none' }).waitFor()
  assert.equal(await page.locator('[data-phase="infusing"]').count(), 1)
  await hold(page, 'pause', '[data-phase="paused"]', 'Enter')
  await hold(page, 'resume', '[data-phase="infusing"]')
  await hold(page, 'stop', '[data-sheet="why"]')
  await because(page, 'side effects')
  await page.locator('[data-phase="observing"]').waitFor()

  assert.ok(await page.locator('[data-act="ready"]').isDisabled(), 'the list is not complete')
  await page.locator('[data-act="leaving"]').click()
  assert.deepEqual(await axe(page), [])
  const open = page.locator('[data-leaving="open"]')
  for (let left = await open.count(); left > 0; left -= 1) {
    await open.first().getByRole('button').click()
    await page.waitForFunction((n) => document.querySelectorAll('[data-leaving="open"]').length < n, left)
  }
  await page.locator('[data-act="ready"]:enabled').click()
  await page.locator('[data-phase="ready"]').waitFor()
  await hold(page, 'discharge', '[data-nobody="not-cleared"]')
  assert.equal(await page.getByText('Doe, Jane').count(), 0, 'whoever has no session is not named')
  await page.locator('[data-act="clear"]').click()
  await page.locator('[data-nobody="free"]').waitFor()
}))

test('h20: a late start claims back, and says so', { timeout }, withClinic(CHAIR, async (clinic) => {
  clinic.hl7Monitor('BED-01')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'spo2', 'live')
  await sign(page, 'Ada Nurse')
  const since = (await page.locator('.clock').innerText()).slice(0, 5)
  await openSession(page, { connectedAt: since })
  await tab(page, 'entries')
  await lines(page, 'Connected earlier').waitFor()
  // An entry that is set back bears both times.
  await tab(page, 'enter')
  await page.locator('[data-enter="pain"]').click()
  await page.locator('[data-sheet]').getByRole('button', { name: '\u22121 min' }).click()
  await page.locator('[data-sheet] [data-score="2"]').click()
  await tab(page, 'entries')
  const late = await lines(page, 'Pain 2').innerText()
  assert.match(late, /\d\d:\d\d:\d\d, late entry at \d\d:\d\d:\d\d/)
  const [was, entered] = timesOf(late)
  assert.equal((entered - was + 86_400) % 86_400 >= 59, true, late)
}))

test('h09: three entries of two minutes without a network arrive once, in order, with their times', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await running(clinic)
  await page.clock.install()
  const before = seconds(await page.locator('.clock').innerText())
  // Nothing gets through: neither what is said nor what is asked.
  await page.context().setOffline(true)
  await page.evaluate(() => globalThis.dispatchEvent(new Event('offline')))
  // The server's clock stands meanwhile: 20 s between two entries stay within what it allows a screen to run ahead.
  for (const [n, kind] of ['pain', 'nausea', 'dizziness'].entries()) {
    await score(page, kind, 1)
    await page.locator(`[data-unsent="${n + 1}"]`).waitFor()
    await page.clock.runFor(20_000)
  }
  await page.clock.runFor(60_000)
  await tab(page, 'entries')
  assert.equal(await lines(page, / 1/, 'waiting').count(), 3)
  assert.match(await page.locator('[data-unsent]').innerText(), /3 entries not sent/)
  await page.context().setOffline(false)
  await page.clock.runFor(15_000)
  await page.clock.resume()
  for (const says of ['Pain 1', 'Nausea 1', 'Dizziness 1']) await lines(page, says).waitFor()
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  const said = await Promise.all(['Dizziness 1', 'Nausea 1', 'Pain 1'].map((says) => lines(page, says).allInnerTexts()))
  assert.deepEqual(said.map((all) => all.length), [1, 1, 1], 'h19: each once')
  const [third, second, first] = said.map(([text]) => timesOf(text)[0])
  assert.ok(first >= before && second - first >= 19 && third - second >= 19, `${first} ${second} ${third}`)
  const order = (await page.locator('.entries:not(.latest) .entry-says').allInnerTexts()).slice(0, 3)
  assert.deepEqual(order, ['Dizziness 1 mild', 'Nausea 1 mild', 'Pain 1'])
}))

test('h19: what waits outlives a reload, is sealed where it lies, and two tabs send it once', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await running(clinic)
  const cut = (to) => to.context().route('**/api/**', (route) => route.abort())
  await cut(page)
  await page.locator('[data-enter="note"]').click()
  await page.locator('[data-sheet="entry note"] textarea').fill('only in this browser')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await score(page, 'pain', 4)
  await page.locator('[data-unsent="2"]').waitFor()
  const kept = await page.evaluate(async () => {
    const database = await new Promise((done) => { const r = indexedDB.open('chairside'); r.onsuccess = () => done(r.result) })
    const all = (store) => new Promise((done) => { const r = database.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result) })
    const [presses, keys] = [await all('presses'), await all('keys')]
    database.close()
    return {
      text: presses.map(({ data }) => new TextDecoder().decode(data)).join(''),
      sizes: presses.length,
      extractable: keys.some((key) => key.extractable),
      local: JSON.stringify({ ...localStorage }),
    }
  })
  assert.equal(kept.sizes, 2)
  assert.ok(!kept.extractable, 'the key cannot be read out')
  for (const word of ['only in this browser', 'Doe', PATIENT]) {
    assert.ok(!kept.text.includes(word), 's19: nothing lies there in clear')
    assert.ok(!kept.local.includes(word), 's19: nothing of a patient in local storage')
  }

  await page.reload()
  await page.locator('[data-unsent="2"]').waitFor()
  const other = await page.context().newPage()
  other.setDefaultTimeout(PATIENCE_MS)
  await other.goto(`${clinic.url}/chair/1`)
  await other.locator('[data-unsent="2"]').waitFor()
  await page.context().unroute('**/api/**')
  for (const one of [page, other]) {
    await one.locator('[data-unsent]').waitFor({ state: 'detached' })
    await tab(one, 'entries')
    await lines(one, 'only in this browser').waitFor()
    await lines(one, 'Pain 4').waitFor()
    assert.equal(await lines(one, 'only in this browser').count(), 1)
    assert.equal(await lines(one, 'Pain 4').count(), 1)
  }
}))

test('two nurses at one chair see what both entered; what the server refuses stays until it is dropped', { timeout }, withClinic(CHAIR, async (clinic) => {
  const ada = await running(clinic)
  const tom = await clinic.page({ route: '/chair/1' })
  await tom.locator('[data-phase="infusing"]').waitFor()
  await sign(tom, 'Tom Beck')
  await score(ada, 'pain', 3)
  await score(tom, 'nausea', 2)
  for (const page of [ada, tom]) {
    await tab(page, 'entries')
    await lines(page, 'Pain 3').filter({ hasText: 'Ada Nurse' }).waitFor()
    await lines(page, 'Nausea 2').filter({ hasText: 'Tom Beck' }).waitFor()
  }
  // Both undo the same entry: the second one is told, and keeps what it pressed.
  for (const page of [ada, tom]) {
    await lines(page, 'Pain 3').getByRole('button').click()
    await page.locator('[data-sheet="why"]').waitFor()
  }
  await because(ada, 'wrong value')
  await ada.locator('[data-undone]', { hasText: 'Pain 3' }).waitFor()
  await because(tom, 'wrong time')
  await tom.locator('[data-unsent="1"]').waitFor()
  const refused = tom.locator('[data-line="refused"]')
  await refused.filter({ hasText: 'The server says' }).waitFor()
  await refused.getByRole('button', { name: 'Drop' }).click()
  await tom.locator('[data-unsent]').waitFor({ state: 'detached' })
}))

test('h20: a server that is started again in mid-session has everything, and what was pressed meanwhile', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await running(clinic)
  await score(page, 'sedation', 4)
  await page.locator('.latest [data-line="recorded"]', { hasText: 'Sedation 4' }).waitFor()
  await clinic.killServer()
  await score(page, 'pain', 6)
  await page.locator('[data-unsent="1"]').waitFor()
  await hold(page, 'pause', '[data-phase="paused"]')
  await page.locator('[data-unsent="2"]').waitFor()
  assert.match(await page.locator('.way .here').innerText(), /not sent yet/)
  await clinic.startServer()
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  await tab(page, 'entries')
  for (const says of ['Sedation 4', 'Pain 6', 'Paused']) {
    await lines(page, says).waitFor()
    assert.equal(await lines(page, says).count(), 1, says)
  }
  assert.equal(await page.locator('[data-phase="paused"]').count(), 1)
}))

test('h01: a monitor that names another patient is withheld until somebody compares both and accepts it', { timeout }, withClinic(CHAIR, async (clinic) => {
  clinic.hl7Monitor('BED-01')
  const page = await clinic.page({ route: '/chair/1' })
  await inState(page, '1', 'spo2', 'live')
  await sign(page, 'Ada Nurse')
  await openSession(page, { id: 'OTHER-7' })
  const line = page.locator('[data-conflict="patient"]')
  await line.waitFor()
  await page.locator('[data-chair="1"] [data-vital="spo2"]:not([data-state="live"])').waitFor()
  assert.equal(await page.locator('[data-chair="1"] [data-vital="spo2"] .digits').first().innerText(), '--')
  await line.getByRole('button').click()
  const sheet = page.locator('[data-sheet="conflict"]')
  const said = await sheet.innerText()
  for (const number of ['OTHER-7', PATIENT]) assert.ok(said.includes(number), `${number} in ${said}`)
  assert.deepEqual(await axe(page), [])
  await sheet.locator('[data-act="accept"]').click()
  await because(page, 'two identifiers checked at the chair')
  await line.waitFor({ state: 'detached' })
  await inState(page, '1', 'spo2', 'live')
}))
