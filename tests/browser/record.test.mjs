// A session that is over, as a clinician reads it: found, read, followed to its bytes, played again, amended, signed, compared, given away.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { axe, PATIENCE_MS, withClinic } from './rig.mjs'
import { holdSign, NURSE, PATIENT, withSessions } from './sessions.mjs'

const timeout = 6 * PATIENCE_MS
const CHAIR = { chairs: 2, beds: { 'BED-01': '1' } }
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

test('a record is amended, signed, and then only added to', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { page, sessions: [session] } = await withSessions(clinic)
  await go(page, clinic, `/sessions/${session}`)
  await page.locator('[data-tab="events"]').click()
  // A correction stands in the place of the entry, which stays, struck through, with both times and the reason.
  const wrong = page.locator('tr[data-act="entry"]', { hasText: 'Nausea 2' })
  await wrong.getByRole('button', { name: 'Correct' }).click()
  const form = page.locator('.amend-form')
  await form.locator('input').first().fill('1')
  await form.getByRole('button', { name: 'wrong value' }).click()
  await page.locator('tr[data-act="corrected"]', { hasText: 'Nausea 1' }).waitFor()
  const struck = page.locator('tr[data-act="entry"][data-undone]', { hasText: 'Nausea 2' })
  assert.match(await struck.innerText(), /corrected by Lee, Ann at \d\d:\d\d:\d\d: wrong value/)
  assert.equal(await struck.locator('s').count(), 1)
  // A comment and a late entry.
  await page.locator('form.comment input').fill('Looked through in the evening')
  await page.locator('form.comment button').click()
  await page.locator('tr[data-act="addendum"]', { hasText: 'Looked through' }).waitFor()
  const time = (await wrong.or(struck).first().innerText()).match(/\d\d:\d\d/)[0]
  const late = page.locator('form.late')
  await late.locator('select').selectOption('note')
  await late.locator('input').nth(0).fill('Asked for water')
  await late.locator('input').nth(1).fill(time)
  await late.getByRole('button', { name: 'Record' }).click()
  assert.match(await page.locator('tr[data-act="entry"]', { hasText: 'Asked for water' }).innerText(), /late entry, written at/)

  // Signed by holding; nothing but addenda afterwards.
  await page.locator('[data-tab="sign"]').click()
  assert.equal(await page.locator('[data-missing]').count(), 0)
  const digest = await page.locator('[data-digest]').getAttribute('data-digest')
  await holdSign(page, 'main[data-signed]')
  await page.locator('[data-seal="holds"]', { hasText: 'Lee, Ann' }).waitFor()
  assert.equal(await page.locator('[data-digest]').getAttribute('data-digest'), digest, 'what was shown is what was signed')
  assert.deepEqual(await axe(page), [])
  await page.locator('[data-tab="events"]').click()
  await page.locator('tr[data-act="signed"]').waitFor()
  assert.equal(await page.locator('.deeds button').count(), 0)
  assert.equal(await page.locator('form.late').count(), 0)
  await page.locator('#part-events form.comment input').fill('Called the next day: well')
  await page.locator('#part-events form.comment button').click()
  await page.locator('tr[data-act="addendum"]', { hasText: 'Called the next day' }).waitFor()
  await page.locator('[data-seal="holds"]').waitFor()
  // The list says so, too.
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.locator('[data-filter="corrected"]').click()
  await page.locator('tr', { has: page.locator(`[data-row="${session}"]`), hasText: 'Lee, Ann' }).waitFor()
}))

test('what is missing keeps a record from being signed, and is said', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { page, sessions: [session] } = await withSessions(clinic)
  await page.evaluate((who) => localStorage.setItem('chairside.person', JSON.stringify(who)), NURSE)
  await go(page, clinic, `/sessions/${session}`)
  await page.locator('[data-tab="events"]').click()
  const escort = page.locator('tr[data-act="entry"]', { hasText: 'Escort' })
  await escort.getByRole('button', { name: /^Undo/ }).click()
  await page.locator('.amend-form').getByRole('button', { name: 'wrong value' }).click()
  await page.locator('tr[data-act="entry"][data-undone]', { hasText: 'Escort' }).waitFor()
  await page.locator('[data-tab="sign"]').click()
  await page.locator('[data-missing="escort"]').waitFor()
  await page.locator('[data-missing="role"]').waitFor()
  assert.ok(await page.locator('button[data-act="sign"]').isDisabled())
  await page.locator('[data-missing="escort"] button').first().click()
  await page.locator('[data-missing="escort"] .chips').getByRole('button').first().click()
  await page.locator('[data-missing="escort"]').waitFor({ state: 'detached' })
  assert.ok(await page.locator('button[data-act="sign"]').isDisabled(), 'a nurse does not sign')
}))

test('three sessions of a course are laid over one another', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { page, sessions } = await withSessions(clinic, 3)
  await go(page, clinic, `/sessions/${sessions[2]}/course`)
  await page.locator('main[data-course="3"]').waitFor()
  for (const session of sessions) await page.locator(`[data-overlay="${session}"]`).click()
  for (const session of sessions) await page.locator(`.overlay [data-line="${session}"]`).first().waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Change from baseline' }).click()
  assert.deepEqual(await axe(page), [])
  await page.locator('.overlay').getByRole('button', { name: 'Table' }).click()
  assert.equal(await page.locator('table[data-overlay-table="heart"] thead th').count(), 4)
  const download = page.waitForEvent('download')
  await page.locator('[data-act="course-csv"]').click()
  const file = await download
  assert.equal(file.suggestedFilename(), 'course.csv')
  const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n')
  assert.equal(lines.length, 4)
  assert.ok(!lines.join().includes('Doe'), 'no name in the file')
}))

test('each format is made and handed over, and who did it stands in the record', { timeout }, withClinic(CHAIR, async (clinic) => {
  const { page, sessions: [session] } = await withSessions(clinic)
  await go(page, clinic, `/sessions/${session}`)
  await page.locator('[data-tab="sign"]').click()
  const formats = await page.locator('[data-export]').evaluateAll((all) => all.map((it) => it.dataset.export))
  for (const format of formats) {
    const download = page.waitForEvent('download')
    await page.locator(`[data-export="${format}"]`).click()
    const file = await download
    assert.match(file.suggestedFilename(), /^session-[\w.-]+$/, format)
    assert.ok(!/doe|P-BED/i.test(file.suggestedFilename()), 'no patient in the name of a file')
    assert.ok((await readFile(await file.path())).length > 0, format)
    await page.locator('[data-exported="true"]').waitFor()
  }
  await page.locator('[data-tab="audit"]').click()
  for (const format of formats) await page.locator('[data-audit="exported"]', { hasText: format }).first().waitFor()
}))
