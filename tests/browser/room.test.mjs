// The room as a whole and the page through its own life: 24 chairs, a tab that slept, a patient who has left.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { axe, digits, freeze, inState, keepPictures, numbers, PATIENCE_MS, pictures, withClinic } from './rig.mjs'

const timeout = 4 * PATIENCE_MS
const ONE = { chairs: 1, beds: { 'BED-01': '1' } }
const PLAN = {
  template: 'IV 40 min',
  number: 1,
  infusionMin: 40,
  cuffInfusingMin: 10,
  cuffObservingMin: 15,
  observeMin: 60,
  assessFirstMin: 15,
  assessLaterMin: 30,
}

/** Presses something in the session of chair 1. */
const press = (clinic, session, what) =>
  fetch(`${clinic.url}/api/chairs/1/session`, {
    method: 'POST',
    headers: { Origin: clinic.url, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      ...(session && { session }),
      key: randomUUID().replaceAll('-', ''),
      by: { name: 'Ada Nurse', role: 'nurse' },
      late: false,
      act: what,
    }),
  })

/** Presses it and expects that it is done; the answer is the entry that holds it. */
async function act(clinic, session, what) {
  const answer = await press(clinic, session, what)
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()).recorded
}

/** Opens a session for a patient; its id. */
async function opens(clinic, id) {
  const patient = { id, name: `Doe, ${id}`, born: '1980-02-29', alias: id }
  return `1-${await act(clinic, undefined, { is: 'opened', patient, plan: PLAN })}`
}

const BEDS = Array.from({ length: 23 }, (_, n) => [`BED-${n + 1}`, `${n + 1}`])
const ROOM = { chairs: 24, beds: Object.fromEntries(BEDS), oximeters: { last: '24' } }

test(
  '24 chairs stand in room order on one screen, each with its own values, and no trouble moves any',
  { timeout },
  withClinic(ROOM, async (clinic) => {
    clinic.hl7Monitor('BED', '--connections', '23')
    const oximeter = clinic.oximeter('last')
    const page = await clinic.page({ width: 1920, height: 1080 })
    const chairs = Array.from({ length: 24 }, (_, n) => `${n + 1}`)
    for (const chair of chairs) await inState(page, chair, 'spo2', 'live')
    for (const chair of chairs.slice(0, 23)) assert.match(await digits(page, chair, 'heart_rate'), /^\d{2,3}$/)
    const order = () => page.locator('[data-chair]').evaluateAll((all) => all.map((it) => it.dataset.chair))
    const places = () =>
      page.locator('[data-chair]').evaluateAll((all) =>
        all.map((it) => {
          const { x, y, width, height } = it.getBoundingClientRect()
          return [x, y, width, height].map(Math.round).join()
        }),
      )
    assert.deepEqual(await order(), chairs)
    const stood = await places()
    assert.equal(new Set(stood.map((place) => place.split(',')[1])).size, 4, 'four rows of six')
    assert.deepEqual(await axe(page), [])

    await oximeter.unplug()
    await inState(page, '24', 'spo2', 'lost')
    await page.locator('[data-chair="24"][data-word="lost"]').waitFor()
    assert.deepEqual(await order(), chairs, 'h30: the lost one keeps its place')
    assert.deepEqual(await places(), stood)
    for (const chair of chairs.slice(0, 23)) await inState(page, chair, 'spo2', 'live')

    // Sizes for 43 inches at 3 m: what is watched at 22 minutes of arc, a pressure above the least of 16 (clinical workflow, 9.3).
    for (const [width, height, heart, cuff] of [
      [1920, 1080, 54, 39],
      [3840, 2160, 108, 78],
    ]) {
      await page.setViewportSize({ width, height })
      await page.waitForFunction(
        ([w, h]) => {
          const wall = document.querySelector('.wall').getBoundingClientRect()
          return wall.width > w * 0.9 && wall.height > h * 0.9
        },
        [width, height],
      )
      // The whole picture moves by up to two pixels, against burn-in.
      const scrolls = await page.evaluate(() =>
        [...document.querySelectorAll('html, .wall-main')].some(
          (it) => it.scrollHeight > it.clientHeight + 2 || it.scrollWidth > it.clientWidth + 2,
        ),
      )
      assert.equal(scrolls, false, `all of it is seen at ${width}`)
      for (const [vital, least] of [
        ['spo2', heart],
        ['nibp', cuff],
      ]) {
        const sizes = await page
          .locator(`[data-vital="${vital}"] .number`)
          .evaluateAll((all) => all.map((it) => Number.parseFloat(getComputedStyle(it).fontSize) * it.currentCSSZoom))
        assert.ok(Math.min(...sizes) >= least, `${vital}: ${Math.min(...sizes)} px at ${width}`)
      }
      const cut = await page.locator('[data-chair] .number').evaluateAll((all) =>
        all
          .filter((it) => {
            const [box, value] = [it.getBoundingClientRect(), it.closest('[data-vital]').getBoundingClientRect()]
            return box.right > value.right + 1 || box.left < value.left - 1
          })
          .map((it) => it.textContent),
      )
      assert.deepEqual(cut, [], `h30: no digit is cut off at ${width}`)
    }
    await page.locator('[data-chair="23"]').click()
    await page.waitForURL('**/chair/23')
    await inState(page, '23', 'spo2', 'live')
  }),
)

test(
  'h03: a tab that slept shows no number of before in any picture after it woke',
  { timeout },
  withClinic({ chairs: 1, oximeters: { one: '1' } }, async (clinic) => {
    const oximeter = clinic.oximeter('one')
    const page = await clinic.page({ route: '/chair/1' })
    await inState(page, '1', 'spo2', 'live')
    await keepPictures(page)
    await page.waitForFunction(() => globalThis.pictures.some(({ shown }) => /\d/.test(shown.spo2)))
    const wake = await freeze(page)
    await oximeter.unplug()
    // Somebody who is awake sees it go.
    const awake = await clinic.page({ route: '/chair/1' })
    await inState(awake, '1', 'spo2', 'lost')
    const woke = await wake()
    await inState(page, '1', 'spo2', 'lost')
    const after = await pictures(page, woke)
    assert.ok(after.length > 0)
    assert.deepEqual(
      after.filter(({ shown }) => Object.values(shown).some((text) => /\d/.test(text))),
      [],
      'not for one picture',
    )
    clinic.oximeter('one')
    await inState(page, '1', 'spo2', 'live')
  }),
)

test(
  'h03: a computer that was suspended has no number when it wakes, and has them again with the next frame',
  { timeout },
  withClinic(ONE, async (clinic) => {
    clinic.hl7Monitor('BED-01')
    const page = await clinic.page()
    // Both clocks of the page jump, as they do when a lid was shut for five minutes.
    await page.clock.install()
    await page.goto(`${clinic.url}/chair/1`)
    await inState(page, '1', 'spo2', 'live')
    clinic.freezeServer()
    await page.clock.fastForward('05:00')
    assert.deepEqual(await numbers(page), [])
    await page.locator('[data-banner]', { hasText: 'Not receiving data' }).waitFor()
    clinic.thawServer()
    await inState(page, '1', 'spo2', 'live')
  }),
)

test(
  'h02: the cuff reading of the patient before, repeated for an hour, is in no picture and in no table of the next',
  { timeout },
  withClinic(ONE, async (clinic) => {
    const bed = await clinic.gateway('BED-01')
    const first = await opens(clinic, 'P-BEFORE')
    const page = await clinic.page({ route: '/chair/1' })
    const measured = new Date()
    await bed.says({ patient: 'P-BEFORE', heartRate: 71, cuff: { systolic: 171, diastolic: 99, at: measured } })
    await inState(page, '1', 'nibp', 'current')
    assert.equal(await digits(page, '1', 'nibp'), '171/99')
    await act(clinic, first, { is: 'moved', to: 'cancelled', reason: 'not today' })

    await opens(clinic, 'P-NEXT')
    await page.getByText('Doe, P-NEXT').first().waitFor()
    await inState(page, '1', 'nibp', 'none')
    await keepPictures(page)
    // As often as once a minute for an hour: under the old number, under none, and under hers.
    for (let minute = 0; minute < 60; minute += 1) {
      const patient = ['P-BEFORE', '', 'P-NEXT'][minute % 3]
      await bed.says({ patient, heartRate: 80 + (minute % 2), cuff: { systolic: 171, diastolic: 99, at: measured } })
    }
    await inState(page, '1', 'heart_rate', 'live')
    assert.match(await digits(page, '1', 'heart_rate'), /^8[01]$/)
    await bed.says({ patient: 'P-NEXT', heartRate: 82, cuff: { systolic: 118, diastolic: 64, at: new Date() } })
    await page.waitForFunction(() => globalThis.pictures.some(({ shown }) => shown.nibp === '118/64'))
    const cuffs = new Set((await pictures(page)).map(({ shown }) => shown.nibp).filter((text) => /\d/.test(text)))
    assert.deepEqual([...cuffs], ['118/64'])

    // Nor after the page was loaded anew, nor in the table of the trend.
    await page.reload()
    await page.locator('[data-vital="nibp"] .digits', { hasText: '118/64' }).waitFor()
    await page.getByRole('button', { name: 'Table' }).click()
    await page.locator('.trend table', { hasText: '118/64' }).waitFor()
    assert.doesNotMatch(await page.locator('main').innerText(), /171/)
  }),
)

test(
  'h21: a chair in test mode is striped on every screen, takes test patients only, and says so when asked for a real one',
  { timeout },
  withClinic(ONE, async (clinic) => {
    clinic.hl7Monitor('BED-01', '--patient', 'TEST:1', '--demo')
    const page = await clinic.page({ route: '/settings/test' })
    const row = page.locator('[data-test-row="1"]')
    await row.waitFor()
    await page.locator('[data-by] input, .by input').first().fill('Ada Nurse')
    await row.getByRole('button').click()
    await page.locator('[data-test-row="1"][data-on]').waitFor()
    await page.locator('[data-outcome="done"]').waitFor()
    assert.deepEqual(await axe(page), [])

    const patient = { id: 'P-REAL', name: 'Doe, Jane', born: '1980-02-29', alias: 'J. D.' }
    const refused = await press(clinic, undefined, { is: 'opened', patient, plan: PLAN })
    assert.equal(refused.status, 409)
    assert.match((await refused.json()).message, /test mode: the patient's number has to begin with TEST:/)
    await opens(clinic, 'TEST:1')

    const live = await clinic.page({ route: '/chair/1' })
    for (const screen of [live, await clinic.page()]) {
      await inState(screen, '1', 'spo2', 'live')
      await screen.locator('[data-test] .demo-word', { hasText: 'TEST' }).first().waitFor()
      await screen.locator('[data-vital="spo2"][data-mark="test"] .demo-word', { hasText: 'TEST' }).waitFor()
      assert.deepEqual(await axe(screen), [])
    }
  }),
)
