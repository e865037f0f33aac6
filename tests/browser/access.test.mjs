// Accounts as people meet them: the first link, sign-in, PIN on a shared tablet, roles taken away, displays, the audit; all of it
// the real server's.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import test from 'node:test'
import { axe, inState, numbers, PATIENCE_MS, withClinic } from './rig.mjs'

const timeout = 8 * PATIENCE_MS
const CHAIR = { chairs: 2, beds: { 'BED-01': '1' } }
const PASSWORD = { lee: 'nine hats on one llama', ana: 'six sheep on a wet hill', ben: 'two owls near a tin roof' }

/** The code an authenticator shows `steps` half minutes from now; each works once. */
function code(secret, steps = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((it) => letters.indexOf(it).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const hash = createHmac('sha1', key).update(counter).digest()
  const at = hash[19] & 15
  return String((hash.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

/** The lead makes the first account by the link the server printed, and sets up the second factor the role asks for. */
async function first(clinic) {
  const link = clinic.said.map((line) => /https?:\/\/\S+\/welcome#\S+/.exec(line)?.[0]).find(Boolean)
  assert.ok(link, `a link for the first account in ${clinic.said.join('\n')}`)
  const page = await clinic.page()
  await page.locator('[data-strip="trial"]').waitFor()
  await page.goto(link)
  await page.locator('main[data-welcome="first"]').waitFor()
  assert.equal(new URL(page.url()).hash, '', 'the code does not stay in the address')
  assert.deepEqual(await axe(page), [])
  await page.locator('[name="name"]').fill('Ann Lee')
  await page.locator('[name="sign-in-name"]').fill('lee')
  for (const field of ['new-password', 'again']) await page.locator(`[name="${field}"]`).fill(PASSWORD.lee)
  await page.locator('[data-act="begin"]').click()
  await page.locator('main[data-set-up]').waitFor()
  await page.locator('[data-form="factor"] [name="password"]').fill(PASSWORD.lee)
  await page.locator('[data-act="factor"]').click()
  const secret = await page.locator('[data-secret]').getAttribute('data-secret')
  await page.locator('[name="code"]').fill(code(secret))
  await page.locator('[data-act="confirm"]').click()
  await page.locator('[data-spare]').waitFor()
  await page.locator('[data-act="spare-kept"]').click()
  await page.locator('.wall-main').waitFor()
  return { page, secret, link }
}

/** Invites a nurse; the answer is her link. */
async function invite(lead, name, signInName) {
  await lead.goto(`${new URL(lead.url()).origin}/settings/accounts`)
  const form = lead.locator('form[data-invite]')
  await form.locator('[name="name"]').fill(name)
  await form.locator('[name="sign-in-name"]').fill(signInName)
  await form.locator('[data-act="invite"]').click()
  return await lead.locator('[data-link]').getAttribute('data-link')
}

/** Uses a link on a device, with password and PIN. */
async function comeIn(page, link, password, pin) {
  await page.goto(link)
  await page.locator('main[data-welcome="account"]').waitFor()
  for (const field of ['new-password', 'again']) await page.locator(`[name="${field}"]`).fill(password)
  await page.locator('[name="pin"]').fill(pin)
  await page.locator('[data-act="begin"]').click()
  await page.locator('.wall-main').waitFor()
}

async function signIn(page, name, password) {
  // A device whose people are known offers their names first.
  await page.locator('.who-are-you').waitFor()
  const other = page.locator('[data-act="by-password"]')
  if (await other.count() > 0) await other.click()
  await page.locator('[name="sign-in-name"]').fill(name)
  await page.locator('[name="password"]').fill(password)
  await page.locator('[data-act="sign-in"]').click()
}

async function pin(page, name, digits) {
  await page.locator(`[data-name-tile="${name}"]`).click()
  for (const digit of digits) await page.locator(`[data-digit="${digit}"]`).click()
  await page.locator('[data-act="pin-go"]').click()
}

async function score(page, kind, number) {
  await page.locator(`[data-enter="${kind}"]`).click()
  await page.locator(`[data-sheet] [data-score="${number}"]`).first().click()
}

async function line(page, says, by, is = 'recorded') {
  await page.locator('[data-tab="entries"]').click()
  await page.locator(`.entries:not(.latest) [data-line="${is}"]`, { hasText: says }).filter({ hasText: by }).waitFor()
  await page.locator('[data-tab="enter"]').click()
}

async function openSession(page) {
  await page.locator('[data-act="new"]').click()
  const fields = { id: 'P-BED-01', name: 'Doe, Jane', born: '1980-02-29', alias: 'Heron', template: 'Plan', infusionMin: '40', observeMin: '0' }
  for (const [name, value] of Object.entries(fields)) await page.locator(`form.start [name="${name}"]`).fill(value)
  await page.locator('[data-act="open"]').click()
  await page.locator('[data-phase="checked in"]').waitFor()
  await page.locator('[data-tab="enter"]').click()
}

/** A lead at a desk, and Ana and Ben on one tablet with a session of Ana's. */
async function ward(clinic) {
  clinic.hl7Monitor('BED-01')
  const { page: lead, secret, link } = await first(clinic)
  const [ana, ben] = [await invite(lead, 'Ana Nurse', 'ana'), await invite(lead, 'Ben Beck', 'ben')]
  const tablet = await clinic.page()
  await comeIn(tablet, ben, PASSWORD.ben, '8150')
  await comeIn(tablet, ana, PASSWORD.ana, '4711')
  await tablet.goto(`${clinic.url}/chair/1`)
  await inState(tablet, '1', 'spo2', 'live')
  await openSession(tablet)
  return { lead, secret, link, tablet }
}

test('s01 s05: the first account ends the trial; its link works once', { timeout }, withClinic(CHAIR, async (clinic) => {
  const before = await clinic.page()
  await before.locator('[data-strip="trial"]').waitFor()
  const { page, link } = await first(clinic)
  assert.equal(await page.locator('[data-strip]').count(), 0)
  // Whoever was there without an account is asked who it is.
  await before.locator('main[data-sign-in]').waitFor()
  await before.goto(link)
  await before.reload()
  await before.goto(`${clinic.url}/chair/1`)
  await before.locator('main[data-sign-in]').waitFor()
  await signIn(before, 'lee', 'not the password at all')
  await before.locator('[data-try="wrong"]').waitFor()
  assert.deepEqual(await axe(before), [])
}))

test('s11 s05: two nurses share a tablet: lock, PIN, and the right name under each entry', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { tablet } = await ward(clinic)
  await tablet.keyboard.press('k')
  await tablet.locator('button[data-person=""]', { hasText: 'Locked' }).waitFor()
  const at = await tablet.locator('[data-life]').getAttribute('data-life')
  await tablet.waitForFunction((was) => document.querySelector('[data-life]').dataset.life !== was, at)
  await inState(tablet, '1', 'spo2', 'live')
  await score(tablet, 'pain', 3)
  await pin(tablet, 'Ben Beck', '8150')
  await line(tablet, 'Pain 3', 'Ben Beck')

  // Without the way to the server Ben enters; Ana takes over; his entry waits for him.
  await tablet.context().route('**/api/chairs/**', (route) => route.abort())
  await score(tablet, 'nausea', 2)
  await tablet.locator('[data-unsent="1"]').waitFor()
  await tablet.locator('button[data-person="Ben Beck"]').click()
  await pin(tablet, 'Ana Nurse', '4711')
  await tablet.locator('[data-waiting-for="Ben Beck"]').waitFor()
  await tablet.context().unroute('**/api/chairs/**')
  await score(tablet, 'dizziness', 1)
  await line(tablet, 'Dizziness 1', 'Ana Nurse')
  await line(tablet, 'Nausea 2', 'Ben Beck', 'waiting')
  await tablet.locator('button[data-person="Ana Nurse"]').click()
  await pin(tablet, 'Ben Beck', '8150')
  await tablet.locator('[data-unsent]').waitFor({ state: 'detached' })
  await line(tablet, 'Nausea 2', 'Ben Beck')
}))

test('s12: a role taken away, or a sign-out everywhere, reaches an open screen', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { lead, tablet } = await ward(clinic)
  await lead.goto(`${clinic.url}/settings/accounts`)
  await lead.locator('[data-account-row="ana"] [data-act="edit"]').click()
  await lead.locator('[data-account-row="ana"] [data-act="sign-them-out"]').click()
  await tablet.locator('main[data-sign-in]').waitFor()
  assert.deepEqual(await numbers(tablet), [])
  await signIn(tablet, 'ana', PASSWORD.ana)
  await inState(tablet, '1', 'spo2', 'live')
  await lead.locator('[data-account-row="ana"] [data-act="edit"]').click()
  await lead.locator('[data-account-row="ana"] [name="role biomed"]').check()
  await lead.locator('[data-account-row="ana"] [name="role nurse"]').uncheck()
  await lead.locator('[data-account-row="ana"] [data-act="save"]').click()
  await lead.locator('[data-outcome="done"]').waitFor()
  await tablet.locator('[data-no-chairs], main[data-sign-in]').first().waitFor()
  assert.deepEqual(await numbers(tablet), [])
  assert.equal(await tablet.getByText('Doe, Jane').count(), 0)
}))

test('s13: a wall display shows the alias and nothing else, and is gone when it is taken away', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { lead } = await ward(clinic)
  await lead.goto(`${clinic.url}/settings/displays`)
  await lead.locator('[name="display-name"]').fill('Corridor')
  await lead.locator('[data-act="new-display"]').click()
  const link = await lead.locator('[data-link]').getAttribute('data-link')
  const wall = await clinic.page({ width: 1920, height: 1080 })
  await wall.goto(link)
  await wall.locator('[data-act="be-display"]').click()
  await inState(wall, '1', 'spo2', 'live')
  await wall.getByText('Heron').waitFor()
  assert.equal(await wall.getByText('Doe').count(), 0)
  assert.equal(await wall.locator('.wall-bar a').count(), 0, 'no way to anything else')
  await lead.locator('[data-display="Corridor"] [data-act="revoke"]').click()
  await wall.locator('main[data-sign-in]').waitFor()
  assert.deepEqual(await numbers(wall), [])
}))

test('s23: the audit says who came in, failed and entered, and never what', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { lead, tablet } = await ward(clinic)
  await score(tablet, 'pain', 7)
  await line(tablet, 'Pain 7', 'Ana Nurse')
  const stranger = await clinic.page()
  await signIn(stranger, 'ana', 'not the password at all')
  await stranger.locator('[data-try="wrong"]').waitFor()
  await lead.goto(`${clinic.url}/audit`)
  for (const what of ['signed in', 'sign-in failed', 'opened', 'entry']) await lead.locator(`[data-audit-row="${what}"]`).first().waitFor()
  assert.ok(!(await lead.locator('.audit-page').innerText()).includes('Pain'), 'not what was entered')
  assert.deepEqual(await axe(lead), [])
  await lead.locator('.audit-search [name="who"]').fill('Ana')
  await lead.locator('.audit-search [name="what"]').selectOption('entry')
  await lead.locator('[data-act="find"]').click()
  await lead.waitForFunction(() => [...document.querySelectorAll('[data-audit-row]')].every((row) => row.dataset.auditRow === 'entry'))
  assert.ok((await lead.locator('[data-audit-row="entry"]', { hasText: 'Ana Nurse' }).count()) > 0)
}))
