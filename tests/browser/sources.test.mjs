// What an engineer sees of a source: that it speaks, which bytes, what they said, and what to do when it does not.
import assert from 'node:assert/strict'
import test from 'node:test'
import { axe, inState, PATIENCE_MS, withClinic } from './rig.mjs'

const ONE = { chairs: 3, oximeters: { oxi3: '3' } }
const timeout = 4 * PATIENCE_MS

const row = (page, source, link) => page.locator(`[data-source="${source}"][data-link="${link}"]`)
const open = (page, source) => page.locator(`[data-open="${source}"]`)
const todo = (page, source) => open(page, source).locator('[data-advice]')

/** What the page shows of its newest frames: number, kind, bytes as text, facts. */
const shown = (page) => page.locator('[data-frame]').evaluateAll((frames) => frames.map((frame) => ({
  number: Number(frame.dataset.frame),
  kind: frame.dataset.kind,
  raw: frame.querySelector('.raw').textContent,
  said: [...frame.querySelectorAll('.said li')].map((li) => li.textContent),
})))

test('h09: bytes stand beside what was decoded from them, and are the ones in the record', { timeout }, withClinic(ONE, async (clinic) => {
  clinic.oximeter('oxi3')
  const page = await clinic.page({ route: '/sources/oxi3', width: 1024, height: 768 })
  await row(page, 'oxi3', 'live').waitFor()
  await page.locator('[data-kind="understood"] .said', { hasText: 'spo2' }).nth(2).waitFor()
  await page.locator('[data-advice="well"]').waitFor()
  assert.equal(await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth), 0, 'no row is too wide')
  assert.deepEqual(await axe(page), [])

  // Pause first: what is compared must stand still.
  await page.getByRole('button', { name: 'Text' }).click()
  await page.getByRole('button', { name: 'Pause' }).click()
  const frames = (await shown(page)).filter(({ said }) => said.some((fact) => fact.startsWith('spo2 ')))
  const answer = await (await fetch(`${clinic.url}/api/sources/oxi3/bytes`)).json()
  for (const { number, raw, said } of frames) {
    const sent = answer.frames.find((frame) => frame.number === number)
    assert.equal(raw, sent.text.replace(/\\n(?!$)/g, '\\n\n'), `frame ${number}`)
    assert.deepEqual(said, sent.said)
    const digits = /^spo2 (\d+)/.exec(said.find((fact) => fact.startsWith('spo2')))?.[1]
    if (digits !== undefined) assert.match(raw, new RegExp(`\\b${digits}\\b`), 'the number stands in its bytes')
  }
  const newest = Math.max(...frames.map(({ number }) => number))
  await page.waitForResponse((response) => response.url().endsWith('/api/sources'))
  await page.waitForResponse((response) => response.url().endsWith('/api/sources'))
  assert.equal(Math.max(...(await shown(page)).map(({ number }) => number)), newest, 'paused')
  await page.getByRole('button', { name: 'Hex' }).click()
  const hex = answer.frames.find((frame) => frame.number === newest).hex
  const dump = await page.locator(`[data-frame="${newest}"] .raw`).innerText()
  assert.match(dump, new RegExp(`^0000 +${hex.slice(0, 16).replace(/(..)/g, '$1 ').trim()} `))

  // Entry 1 of the chair is the link; the readings come after it.
  const recorded = []
  for (let seq = 1; seq < 12; seq += 1) {
    const response = await fetch(`${clinic.url}/api/chairs/3/frame/${seq}`)
    if (response.ok) recorded.push((await response.json()).hex)
  }
  assert.ok(answer.frames.some((frame) => recorded.includes(frame.hex)), 'the same bytes are in the record')
}))

test('p09: from "No signal" a nurse comes to the source, which says what to do, and sees it come back', { timeout }, withClinic(ONE, async (clinic) => {
  const oximeter = clinic.oximeter('oxi3')
  const page = await clinic.page({ route: '/chair/3' })
  await inState(page, '3', 'spo2', 'live')
  await oximeter.unplug()
  await inState(page, '3', 'spo2', 'lost')
  await page.locator('[data-vital="spo2"] a', { hasText: 'No signal' }).click()
  await page.waitForURL('**/sources/oxi3')
  await row(page, 'oxi3', 'lost').waitFor()
  assert.match(await todo(page, 'oxi3').innerText(), /Plug the USB adapter and the cable in again/)
  assert.match(await open(page, 'oxi3').innerText(), /Last frame\s+\d{2}:\d{2}:\d{2}, /)
  assert.ok((await shown(page)).length > 0, 'what came before the loss is still there')
  assert.deepEqual(await axe(page), [])
  await page.goBack()
  await page.getByRole('link', { name: 'What to do about oxi3' }).first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/sources/oxi3')
  clinic.oximeter('oxi3')
  await row(page, 'oxi3', 'live').waitFor()
  await page.locator('[data-advice="well"]').waitFor()
}))

test('a listener nobody reached says so; so do an unknown source and a server that does not answer', { timeout }, withClinic(ONE, async (clinic) => {
  const page = await clinic.page({ route: '/' })
  await page.getByRole('link', { name: 'Sources' }).click()
  await page.waitForURL('**/sources')
  await row(page, 'gateway', 'connecting').getByRole('link').click()
  await page.waitForURL('**/sources/gateway')
  assert.match(await todo(page, 'gateway').innerText(), /only programs on this machine can/)
  await page.getByText('Not one byte has arrived since the server was started.').waitFor()
  await clinic.killServer()
  await row(page, 'gateway', 'unknown').waitFor()
  await page.getByText('No answer from the server. What stands here is from').waitFor()
  assert.deepEqual(await axe(page), [])
  await clinic.startServer()
  await row(page, 'gateway', 'connecting').waitFor()
  await page.goto(`${clinic.url}/sources/nobody`)
  await page.getByText('There is no source "nobody"').waitFor()
}))

test('h09: bytes between frames that fit nothing are shown as skipped, counted, and said to be damage', { timeout }, withClinic(ONE, async (clinic) => {
  clinic.oximeter('oxi3', '--fault', 'garbage@0+600')
  const page = await clinic.page({ route: '/sources/oxi3' })
  await row(page, 'oxi3', 'live').waitFor()
  await page.locator('[data-kind="noise"] .said', { hasText: 'skipped: ' }).first().waitFor()
  await page.locator('[data-advice="do"]', { hasText: 'a part of the bytes is damaged' }).waitFor()
  assert.match(await open(page, 'oxi3').innerText(), /Skipped\s+\d[\d.]* % \(\d/)
}))
