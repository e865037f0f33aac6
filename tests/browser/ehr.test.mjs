// A record is signed and goes to an EHR that is down, comes up, or will not have it; the page says so each time.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import test from 'node:test'
import { axe, PATIENCE_MS, withClinic } from './rig.mjs'
import { holdSign, withSessions } from './sessions.mjs'

const timeout = 8 * PATIENCE_MS
const CLINIC = { chairs: 2, beds: { 'BED-01': '1' }, ehr: true }

/** An EHR at `port` that answers every message with this code and these words; `messages` are what it got. */
async function ehrAt(port, code, words = '') {
  const messages = []
  const server = net.createServer((socket) => {
    let got = ''
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      got += bytes
      for (let end = got.indexOf('\x1c\r'); end >= 0; end = got.indexOf('\x1c\r')) {
        const message = got.slice(1, end)
        got = got.slice(end + 2)
        messages.push(message)
        const [, , , , , , , , kind, id] = message.split('\r')[0].split('|')
        const head = `MSH|^~\\&|EHR|CLINIC|CHAIRSIDE||20260302100000||ACK^${kind.split('^')[1]}|A${messages.length}|P|2.5.1`
        socket.write(`\x0b${head}\rMSA|${code}|${id}|${words}\r\x1c\r`)
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { messages, close: () => server.close() }
}

/** A session that is signed, and the page of the EHR. */
async function signed(clinic) {
  const { page, sessions: [session] } = await withSessions(clinic)
  await page.goto(`${clinic.url}/sessions/${session}`)
  await page.locator('[data-tab="sign"]').click()
  await holdSign(page, 'main[data-signed]')
  await page.goto(`${clinic.url}/ehr`)
  await page.locator(`[data-waits="${session}"]`).first().waitFor()
  return { page, session }
}

test('h19: what is signed waits while the EHR is down, with the reason on the page, and is sent once it is up', { timeout }, withClinic(CLINIC, async (clinic) => {
  const { page, session } = await signed(clinic)
  await page.locator('[data-trouble]', { hasText: `127.0.0.1:${clinic.ehr} cannot be reached` }).waitFor()
  await page.locator('[data-tries]').waitFor()
  assert.equal(await page.locator(`[data-waits="${session}"]`).count(), 2, 'the values and the report')
  assert.deepEqual(await axe(page), [])
  assert.ok(!/Doe|P-BED/.test(await page.locator('main').innerText()), 'no patient stands on the page')

  const ehr = await ehrAt(clinic.ehr, 'AA')
  try {
    await page.locator('[data-ehr="idle"][data-sent="2"]').waitFor()
    assert.equal(await page.locator('[data-waits], [data-trouble]').count(), 0)
    const kinds = ehr.messages.map((message) => message.split('|')[8])
    assert.deepEqual(kinds, ['ORU^R01^ORU_R01', 'MDM^T02^MDM_T02'])
    assert.ok(ehr.messages[1].includes('^Base64^JVBERi0'), 'the report is in it')
  } finally {
    ehr.close()
  }
}))

test('h19: what the EHR will not have is put aside with its own words', { timeout }, withClinic(CLINIC, async (clinic) => {
  const ehr = await ehrAt(clinic.ehr, 'AE', 'no visit of this number')
  try {
    const { page, session } = await signed(clinic)
    await page.locator('[data-trouble]', { hasText: 'no visit of this number' }).waitFor()
    const refused = page.locator(`[data-refused="${session}"]`).first()
    await refused.waitFor({ timeout: 2 * PATIENCE_MS })
    assert.match(await refused.innerText(), /AE.*no visit of this number/)
    assert.deepEqual(await axe(page), [])
    const ids = ehr.messages.map((message) => message.split('|')[9])
    assert.equal(new Set(ids.slice(0, 5)).size, 1, 'the same message each time, under the same id')
  } finally {
    ehr.close()
  }
}))
