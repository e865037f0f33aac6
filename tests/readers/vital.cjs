// The .vital file, read with vitaldb-js, which knows headers of 10 bytes only.

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')
const VitalFile = require('vitaldb-js')

const folder = process.env.CHAIRSIDE_EXPORTS
const held = JSON.parse(readFileSync(join(folder, 'held.json'), 'utf8'))

const TRACKS = {
  HR: ['bed', 'heart_rate'],
  PLETH_HR: ['bed', 'pulse_rate'],
  PLETH_SPO2: ['bed', 'spo2'],
  RR_CO2: ['bed', 'resp_rate'],
  ETCO2: ['bed', 'etco2'],
}

const shown = (sample) => sample.state !== 'absent' && !sample.artefact && !sample.demo

test('vitaldb-js reads the numbers of the log at their times', async () => {
  const file = await new VitalFile(null, join(folder, 'record.vital'))
  assert.equal(file.dgmt, -120)
  for (const [name, [source, vital]] of Object.entries(TRACKS)) {
    const track = file.find_track(`${source}/${name}`)
    const read = track.recs.map(({ dt, val }) => [Math.round(dt * 1e6), Number.isNaN(val) ? null : val])
    const samples = held.samples.filter((one) => one.vital === vital && one.source === source)
    assert.ok(samples.length > 100)
    assert.deepEqual(read, samples.map((one) => [one.measuredUs, shown(one) ? Number(one.values[0]) : null]), name)
    assert.equal(track.unit, samples[0].unit)
  }
})

test('vitaldb-js finds every track of the signals and the events', async () => {
  const file = await new VitalFile(null, join(folder, 'record.vital'))
  const names = file.get_track_names()
  for (const name of ['oximeter/PLETH_SPO2', 'oximeter/PLETH_PERF_REL', 'bed/NIBP_SBP', 'bed/NIBP_DBP', 'bed/NIBP_MBP',
    'bed/ART_SBP', 'bed/BT_T1', 'bed/BT_T2', 'typed/NIBP_SBP', 'typed/PLETH_SPO2', 'bed/PLETH_SPO2_STATE', 'EVENT']) {
    assert.ok(names.includes(name), `${name} is not in ${names}`)
  }
  assert.equal(names.length, new Set(names).size)
  assert.equal(file.find_track('EVENT').recs.length, held.acts.length + held.notes.length)
  const states = file.find_track('bed/PLETH_SPO2_STATE').recs.map(({ val }) => val)
  assert.ok(states.includes('absent: sensor off') && states.includes('Questionable: motion'))
})
