// What a screen does once there are accounts: lock, switch by PIN, whose entries are sent, what is left after signing out. Values,
// sessions and entries are a real server's, which has no account; who is signed in is answered by this file.
import assert from 'node:assert/strict'
import test from 'node:test'
import { axe, digits, inState, numbers, PATIENCE_MS, withClinic } from './rig.mjs'

const timeout = 6 * PATIENCE_MS
const CHAIR = { chairs: 2, beds: { 'BED-01': '1' } }
const PASSWORD = 'six sheep on a hill'
const PINS = { a1: '4711', a2: '8150', a3: '2222' }
const RIGHTS = ['live', 'names', 'enter', 'comment', 'records', 'export', 'patients', 'rooms', 'sources', 'bytes', 'settings']
const PEOPLE = {
  a1: { id: 'a1', name: 'Ana Nurse', roles: ['nurse'], actsAs: 'nurse' },
  a2: { id: 'a2', name: 'Ben Beck', roles: ['nurse'], actsAs: 'nurse' },
  a3: { id: 'a3', name: 'Dr. Stein', roles: ['clinician'], actsAs: 'clinician' },
}

/** Who is signed in at one device, as a server would have it. */
class Accounts {
  person = 'a1'
  standing = 'in'
  /** Routes that are not answered. */
  silent = false
  asked = []

  me() {
    const { standing } = this
    const known = standing === 'in' || standing === 'locked'
    const decides = this.person === 'a3' ? ['decide', 'sign'] : []
    return {
      standing,
      person: known ? PEOPLE[this.person] : null,
      rights: standing === 'in' ? [...RIGHTS, ...decides] : [],
      lockAfterS: 900,
      people: known ? Object.values(PEOPLE).map(({ id, name }) => ({ id, name })) : [],
      codeNeeded: false,
      pinSet: true,
      codeSet: false,
    }
  }

  answer(path, body) {
    this.asked.push(path)
    const wrong = (status, code) => [status, { code, message: code }]
    switch (path) {
      case '/api/sign-in':
        if (body.name === 'flood') return wrong(429, 'slow_down')
        if (body.password !== PASSWORD) return wrong(401, 'bad_sign_in')
        if (body.name === 'stein' && body.code === undefined) return wrong(401, 'code_needed')
        this.person = { ana: 'a1', ben: 'a2', stein: 'a3' }[body.name]
        this.standing = 'in'
        break
      case '/api/switch':
        if (PINS[body.person] !== body.pin) return wrong(401, 'bad_secret')
        this.person = body.person
        this.standing = 'in'
        break
      case '/api/lock':
        this.standing = 'locked'
        break
      case '/api/sign-out':
        this.standing = 'out'
        break
      case '/api/me':
      case '/api/me/active':
        break
      default:
        return wrong(404, 'no_route')
    }
    return [200, this.me()]
  }
}

/** A page of a device, at chair 1, of a clinic whose monitor sends. */
async function device(clinic, accounts = new Accounts(), route = '/chair/1') {
  const page = await clinic.page()
  await page.context().route(/\/api\/(me|me\/active|sign-in|switch|lock|sign-out)$/, async (route) => {
    if (accounts.silent) return route.abort()
    const request = route.request()
    const [status, json] = accounts.answer(new URL(request.url()).pathname, request.postDataJSON())
    await route.fulfill({ status, json, headers: status === 429 ? { 'retry-after': '9' } : {} })
  })
  await page.goto(clinic.url + route)
  return page
}

/** A running session at chair 1, opened by Ana. */
async function running(clinic, accounts) {
  clinic.hl7Monitor('BED-01')
  const page = await device(clinic, accounts)
  await inState(page, '1', 'spo2', 'live')
  await page.locator('[data-act="new"]').click()
  const fields = { id: 'P-BED-01', name: 'Doe, Jane', born: '1980-02-29', template: 'Plan', infusionMin: '40', observeMin: '0' }
  for (const [name, value] of Object.entries(fields)) await page.locator(`form.start [name="${name}"]`).fill(value)
  await page.locator('[data-act="open"]').click()
  await page.locator('[data-phase="checked in"]').waitFor()
  await page.locator('[data-tab="enter"]').click()
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  return page
}

async function score(page, kind, number) {
  await page.locator(`[data-enter="${kind}"]`).click()
  await page.locator(`[data-sheet] [data-score="${number}"]`).first().click()
}

/** Two taps and the digits. */
async function pin(page, name, digitsOf) {
  await page.locator(`[data-name-tile="${name}"]`).click()
  for (const digit of digitsOf) await page.locator(`[data-digit="${digit}"]`).click()
  await page.locator('[data-act="pin-go"]').click()
}

/** A line of the entries, with the name it bears. */
async function line(page, says, by, is = 'recorded') {
  await page.locator('[data-tab="entries"]').click()
  await page.locator(`.entries:not(.latest) [data-line="${is}"]`, { hasText: says }).filter({ hasText: by }).waitFor()
  await page.locator('[data-tab="enter"]').click()
}

/** Cuts what is entered off from the server; who is signed in goes on being answered. */
const cut = (page) => page.context().route('**/api/chairs/**', (route) => route.abort())
const mend = (page) => page.context().unroute('**/api/chairs/**')

test('s11 s05: under the lock values go on; an entry asks who it is and bears that name', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await running(clinic, new Accounts())
  assert.match(await page.locator('button[data-person]').innerText(), /Ana Nurse/)
  await page.keyboard.press('k')
  await page.locator('button[data-person=""]', { hasText: 'Locked' }).waitFor()
  // The digits go on: they are live, and frames still move the sign of life.
  const before = await page.locator('[data-life]').getAttribute('data-life')
  await page.waitForFunction((at) => document.querySelector('[data-life]').dataset.life !== at, before)
  await inState(page, '1', 'spo2', 'live')
  assert.match(await digits(page, '1', 'spo2'), /^\d+$/)
  assert.deepEqual(await axe(page), [])

  await score(page, 'pain', 3)
  await page.locator('[data-who="names"]').waitFor()
  assert.deepEqual(await axe(page), [])
  await pin(page, 'Ben Beck', '1111')
  await page.locator('[data-try="wrong"]').waitFor()
  assert.deepEqual(await axe(page), [])
  await page.locator('[data-who="pin"]').waitFor()
  // The keyboard does it, too.
  await page.locator('.pin-pad').focus()
  await page.keyboard.type('8150')
  await page.keyboard.press('Enter')
  await page.locator('button[data-person="Ben Beck"]').waitFor()
  await line(page, 'Pain 3', 'Ben Beck')
}))

test('s05: a nurse takes over in two taps and a PIN', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await running(clinic, new Accounts())
  await score(page, 'nausea', 1)
  await line(page, 'Nausea 1', 'Ana Nurse')
  await page.locator('button[data-person]').click()
  await pin(page, 'Ben Beck', '8150')
  await score(page, 'nausea', 2)
  await line(page, 'Nausea 2', 'Ben Beck')
}))

test('what only a clinician decides asks for the clinician, and the screen asks again after it', { timeout }, withClinic(CHAIR, async (clinic) => {
  const page = await running(clinic, new Accounts())
  await page.locator('[data-tab="checkIn"]').click()
  await page.locator('[data-act="skip-rest"]').click()
  await page.locator('[data-sheet] .chips').getByRole('button', { name: 'urgent start' }).click()
  await page.locator('[data-act="to-baseline"]:enabled').click()
  await page.locator('[data-act="go"]').click()
  // A nurse's PIN is not enough.
  await pin(page, 'Ana Nurse', '4711')
  await page.locator('.who-are-you .wrong', { hasText: 'may not decide' }).waitFor()
  await pin(page, 'Dr. Stein', '2222')
  await page.locator('.clocks', { hasText: 'go by Dr. Stein' }).waitFor()
  await page.locator('button[data-person=""]', { hasText: 'Locked' }).waitFor()
}))

test('s05 h09: entries of one nurse wait for her while another is signed in, by name', { timeout }, withClinic(CHAIR, async (clinic) => {
  const accounts = new Accounts()
  const page = await running(clinic, accounts)
  await cut(page)
  await score(page, 'pain', 4)
  await page.locator('[data-unsent="1"]').waitFor()
  await page.locator('button[data-person]').click()
  await pin(page, 'Ben Beck', '8150')
  await page.locator('[data-waiting-for="Ana Nurse"]', { hasText: '1 entry of Ana Nurse waits' }).waitFor()
  await score(page, 'dizziness', 1)
  await page.locator('[data-unsent="2"]').waitFor()
  await mend(page)
  await line(page, 'Dizziness 1', 'Ben Beck')
  await line(page, 'Pain 4', 'Ana Nurse', 'waiting')
  // Nor does a reload send or lose it.
  await page.reload()
  await page.locator('[data-waiting-for="Ana Nurse"]').waitFor()
  await page.locator('button[data-person="Ben Beck"]').click()
  await pin(page, 'Ana Nurse', '4711')
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  await line(page, 'Pain 4', 'Ana Nurse')
}))

test('a locked screen without a server keeps the entry for its author', { timeout }, withClinic(CHAIR, async (clinic) => {
  const accounts = new Accounts()
  const page = await running(clinic, accounts)
  await page.keyboard.press('k')
  await page.locator('button[data-person=""]', { hasText: 'Locked' }).waitFor()
  accounts.silent = true
  await score(page, 'pain', 5)
  await pin(page, 'Ben Beck', '8150')
  await page.locator('[data-act="keep-for"]').click()
  await page.locator('[data-unsent="1"]').waitFor()
  accounts.silent = false
  await page.locator('button[data-person=""]').click()
  await pin(page, 'Ben Beck', '8150')
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  await line(page, 'Pain 5', 'Ben Beck')
}))

test('s11: nobody touches any tab for 15 minutes: all of them are locked', { timeout }, withClinic(CHAIR, async (clinic) => {
  const accounts = new Accounts()
  const page = await running(clinic, accounts)
  const other = await page.context().newPage()
  other.setDefaultTimeout(PATIENCE_MS)
  await other.goto(`${clinic.url}/sessions`)
  await other.locator('[data-account="Ana Nurse"]').waitFor()
  await page.evaluate(() => {
    // As if the last touch had been so long ago.
    localStorage.setItem('chairside.touched', String(Date.now() - 901_000))
  })
  await page.locator('button[data-person=""]', { hasText: 'Locked' }).waitFor()
  // Records are history: they are gone from the screen, not only from the server.
  await other.locator('main[data-locked]').waitFor()
  assert.deepEqual(await axe(other), [])
  await pin(other, 'Ana Nurse', '4711')
  await other.locator('[data-account="Ana Nurse"]').waitFor()
  await page.locator('button[data-person="Ana Nurse"]').waitFor()
}))

test('s12: a sign-in that ended elsewhere leaves no digit, says why, and the screen comes back after signing in', { timeout }, withClinic(CHAIR, async (clinic) => {
  const accounts = new Accounts()
  const page = await running(clinic, accounts)
  accounts.standing = 'out'
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.locator('main[data-sign-in="ended"]').waitFor()
  assert.deepEqual(await numbers(page), [])
  assert.equal(await page.getByText('Doe, Jane').count(), 0)
  assert.deepEqual(await axe(page), [])

  const tries = [['ana', 'not the password', 'wrong'], ['flood', PASSWORD, 'wait']]
  for (const [name, password, is] of tries) {
    await page.locator('[name="sign-in-name"]').fill(name)
    await page.locator('[name="password"]').fill(password)
    await page.locator('[data-act="sign-in"]:enabled').click()
    await page.locator(`[data-try="${is}"]`).waitFor()
  }
  await page.reload()
  await page.locator('[name="sign-in-name"]').fill('stein')
  await page.locator('[name="password"]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('[name="code"]').fill('123456')
  await page.keyboard.press('Enter')
  await inState(page, '1', 'spo2', 'live')
  assert.match(await page.locator('button[data-person]').innerText(), /Dr\. Stein/)
}))

test('s19: whoever leaves is told what was not sent; it stays sealed, and nothing else stays', { timeout }, withClinic(CHAIR, async (clinic) => {
  const accounts = new Accounts()
  const page = await running(clinic, accounts)
  await cut(page)
  await score(page, 'pain', 6)
  await page.locator('[data-unsent="1"]').waitFor()
  await page.locator('button[data-person]').click()
  await page.locator('[data-act="sign-out"]').click()
  await page.locator('[data-unsent-mine="1"]').waitFor()
  await page.locator('[data-act="sign-out-anyway"]').click()
  await page.locator('main[data-sign-in="byHand"]').waitFor()
  await page.locator('[data-waiting-for="Ana Nurse"]').waitFor()
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
  for (const word of ['Doe', 'P-BED-01', 'Ana']) assert.ok(!kept.includes(word), `${word} in ${kept}`)
  await mend(page)
  await page.locator('[name="sign-in-name"]').fill('ana')
  await page.locator('[name="password"]').fill(PASSWORD)
  await page.locator('[data-act="sign-in"]').click()
  await inState(page, '1', 'spo2', 'live')
  await page.locator('[data-unsent]').waitFor({ state: 'detached' })
  await line(page, 'Pain 6', 'Ana Nurse')

  // With nothing left, no key and no press is left either.
  await page.locator('button[data-person]').click()
  await page.locator('[data-act="sign-out"]').click()
  await page.locator('main[data-sign-in="byHand"]').waitFor()
  const left = await page.evaluate(async () => {
    const database = await new Promise((done) => { const r = indexedDB.open('chairside'); r.onsuccess = () => done(r.result) })
    const count = (store) => new Promise((done) => { const r = database.transaction(store).objectStore(store).count(); r.onsuccess = () => done(r.result) })
    return [await count('presses'), await count('keys')]
  })
  assert.deepEqual(left, [0, 0])
}))
