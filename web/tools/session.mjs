// Writes the recorded sessions in ../fixtures/wire: constructed, with a fixed seed, so that running it again changes
// nothing. `npm run session`.
import { writeFileSync } from 'node:fs'

const START_WALL_US = Date.UTC(2026, 2, 14, 14, 42, 0) * 1000
const START_MONO_US = 86_400 * 1e6
const S = 1e6

/** Server time so many seconds after the session began. */
const moment = (s) => ({ monoUs: START_MONO_US + Math.round(s * S), wallUs: START_WALL_US + Math.round(s * S) })

let seed = 7
const chance = () => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

let seq = 1000
const next = () => {
  seq += 1
  return seq
}

const UNITS = { nibp: 'mm[Hg]', spo2: '%', temperature: 'Cel', etco2: 'mm[Hg]' }

/** A reading; `at` in seconds. */
const reading = (source, vital, at, more) => ({
  is: 'reading',
  seq: next(),
  source,
  vital,
  state: 'valid',
  unit: UNITS[vital] ?? '/min',
  synthetic: false,
  at: moment(at),
  received: moment(at),
  ...more,
})
const absent = (source, vital, at, reason, more) => reading(source, vital, at, { state: 'absent', reason, ...more })
const link = (source, state, reason, at) => ({ is: 'link', seq: next(), source, state, reason, since: moment(at) })
const notice = (source, text, priority, at) => ({
  is: 'notice',
  seq: next(),
  source,
  text,
  priority,
  received: moment(at),
})
const cuff = (source, at, systolic, diastolic, mean, more) =>
  reading(source, 'nibp', at, { origin: 'cuff', systolic, diastolic, mean, ...more })

const hello = (zone = 'America/New_York') => ({
  kind: 'hello',
  wire: 1,
  version: '0.1.0',
  run: 'run-1',
  boot: 'boot-1',
  zone,
  now: moment(0),
})

/** A patient whose values wander as they do: heart rate and pressure rise and come back, saturation dips. */
function values(source, at, n) {
  const arc = Math.sin(Math.min(1, Math.max(0, (at + 900) / 1500)) * Math.PI)
  const hr = Math.round(68 + (n % 5) * 3 + 14 * arc + 2 * Math.sin(at / 37 + n) + chance() * 2)
  const spo2 = Math.round(98 - (n % 3) - (Math.sin(at / 190 + n) > 0.9 ? 3 : 0) - chance())
  const rr = Math.round(14 + (n % 4) + 2 * Math.sin(at / 61 + n))
  return [
    reading(source, 'heart_rate', at, { origin: 'ecg', value: String(hr) }),
    reading(source, 'spo2', at, { origin: 'pleth', value: String(spo2) }),
    reading(source, 'resp_rate', at, { origin: 'impedance', value: String(rr) }),
  ]
}

function cuffs(source, from, to, n) {
  const list = []
  for (let at = from; at <= to; at += 300) {
    const arc = Math.sin(Math.min(1, Math.max(0, (at + 900) / 1500)) * Math.PI)
    const systolic = Math.round(118 + n * 2 + 18 * arc + chance() * 4)
    const diastolic = Math.round(74 + n + 10 * arc + chance() * 3)
    const mean = Math.round((systolic + 2 * diastolic) / 3)
    list.push(cuff(source, at, String(systolic), String(diastolic), String(mean)))
  }
  return list
}

const beat = (at, chairs, recording = { ok: true }) => ({
  kind: 'beat',
  now: moment(at),
  recording,
  marks: chairs.map((chair) => ({ chair, head: seq, recorded: seq, recordedWallUs: moment(at - 0.4).wallUs })),
})

/** The newest of each vital, as a snapshot says it. */
function newest(items) {
  const by = new Map()
  for (const item of items) by.set(`${item.is} ${item.source} ${item.vital ?? ''}`, item)
  return [...by.values()]
}

function room(names, { historyS, everyS, liveS }) {
  const ids = names.map((_, n) => String(n + 1))
  const session = [{ atMs: 0, message: hello() }]
  const chairs = names.map((name, n) => ({ id: ids[n], name }))
  session.push({ atMs: 5, message: { kind: 'roster', chairs, feeds: [] } })
  names.forEach((_, n) => {
    const source = `monitor-${n + 1}`
    const items = []
    // A long trend for the first chair, a short one for the others: the files stay small.
    const back = n === 0 ? historyS : Math.min(historyS, 200)
    for (let at = -back; at <= 0; at += everyS) {
      // One chair was unplugged for two minutes: the gap stays blank.
      if (n === 0 && at > -480 && at < -360) continue
      items.push(...values(source, at, n))
    }
    items.push(...cuffs(source, 60 - Math.max(historyS, 400), -40, n))
    const latest = [...newest(items), link(source, 'live', 'frames arrive', -historyS)]
    const every = [{ source, everyUs: S }]
    session.push({
      atMs: 10 + n,
      message: { kind: 'snapshot', chair: ids[n], head: seq, now: moment(0.01), latest, every },
    })
    if (historyS > 0) {
      session.push({ atMs: 12 + n, message: { kind: 'history', chair: ids[n], items, through: seq, done: true } })
    }
  })
  for (let at = 1; at <= liveS; at += 1) {
    names.forEach((_, n) => {
      const items = values(`monitor-${n + 1}`, at, n)
      if (n === 1 && at % 20 === 3) items.push(notice('monitor-2', 'SpO2 LOW', 'medium', at))
      session.push({ atMs: at * 1000, message: { kind: 'items', chair: ids[n], now: moment(at), items } })
    })
    session.push({ atMs: at * 1000 + 20, message: beat(at + 0.02, ids) })
  }
  return session
}

/** One chair in each value state; all of them hold for a minute and a half of beats. */
function states() {
  const names = [
    'All live',
    'Delayed',
    'Link lost',
    'Questionable',
    'Cuff old, probe off',
    'No values yet',
    'Demo data',
    'Nobody sends',
    'Oximeter only',
    'Everything a large monitor sends',
    'Cuff lost, measuring again',
    'Treatment room two, chair by the window',
  ]
  const chairs = names.map((name, n) => ({ id: String(n + 1), name }))
  const fast = (source) => ({ source, everyUs: 60 * S })
  const live = (source, reason = 'frames arrive') => link(source, 'live', reason, -600)
  const v = (source, vital, at, value, more) => reading(source, vital, at, { value, ...more })
  const latest = [
    [
      v('icu-1', 'heart_rate', -1, '72', { origin: 'ecg' }),
      v('icu-1', 'pulse_rate', -1, '71', { origin: 'pleth' }),
      v('icu-1', 'spo2', -1, '97', { origin: 'pleth' }),
      v('icu-1', 'resp_rate', -1, '16', { origin: 'impedance' }),
      cuff('icu-1', -130, '128', '79', '95'),
      live('icu-1'),
    ],
    [
      v('icu-2', 'heart_rate', -95, '88', { origin: 'ecg' }),
      v('icu-2', 'spo2', -95, '95', { origin: 'pleth' }),
      v('icu-2', 'resp_rate', -95, '19'),
      cuff('icu-2', -200, '141', '88', '106'),
      live('icu-2'),
    ],
    [
      v('com3', 'heart_rate', -20, '101', { origin: 'ecg' }),
      v('com3', 'spo2', -20, '93', { origin: 'pleth' }),
      v('com3', 'resp_rate', -20, '22'),
      cuff('com3', -260, '152', '93', '113'),
      link('com3', 'lost', 'The serial port was removed. Plug the adapter in again; it is opened by itself.', -18),
    ],
    [
      v('icu-4', 'heart_rate', -1, '64', { origin: 'ecg', state: 'questionable', reason: 'artifact' }),
      v('icu-4', 'spo2', -1, '91', {
        origin: 'pleth',
        state: 'questionable',
        reason: 'motion',
        flags: ['spo2 low', 'motion', 'alarm silenced'],
      }),
      v('icu-4', 'resp_rate', -1, '12'),
      cuff('icu-4', -100, '119', '71', '87', { state: 'questionable', reason: 'low signal quality' }),
      notice('icu-4', 'SpO2 91 < 92', 'high', -2),
      notice('icu-4', 'CUFF LEAK', 'medium', -40),
      notice('icu-4', 'BATTERY LOW', 'advisory', -55),
      live('icu-4'),
    ],
    [
      v('icu-5', 'heart_rate', -1, '77', { origin: 'ecg' }),
      absent('icu-5', 'spo2', -1, 'sensor off', { origin: 'pleth' }),
      absent('icu-5', 'resp_rate', -1, 'no value'),
      cuff('icu-5', -430, '133', '84', '100'),
      live('icu-5'),
    ],
    [
      link(
        'com6',
        'silent',
        'The port is open and nothing valid arrives. Is the monitor switched on, is its output set to 9600 baud?',
        -90,
      ),
    ],
    [
      v('sim', 'heart_rate', -1, '60', { origin: 'ecg', synthetic: true, flags: ['demo'] }),
      v('sim', 'spo2', -1, '98', { origin: 'pleth', synthetic: true, flags: ['demo'] }),
      v('sim', 'resp_rate', -1, '14', { synthetic: true }),
      cuff('sim', -60, '120', '80', '93', { synthetic: true }),
      live('sim'),
    ],
    [],
    [
      v('oxi', 'pulse_rate', -1, '83', { origin: 'pleth' }),
      v('oxi', 'spo2', -1, '96', { origin: 'pleth' }),
      live('oxi'),
    ],
    [
      v('gw', 'heart_rate', -1, '118', { origin: 'ecg', flags: ['high limit'] }),
      v('gw', 'spo2', -1, '100', { origin: 'pleth' }),
      v('gw', 'resp_rate', -1, '28', { origin: 'co2' }),
      v('gw', 'etco2', -1, '38', { origin: 'co2' }),
      v('gw', 'temperature', -1, '36.8', { site: 'T1' }),
      v('gw', 'temperature', -1, '37.1', { site: 'T2' }),
      v('gw', 'perfusion_index', -1, '2.40', { unit: '%' }),
      reading('gw', 'art', -1, { origin: 'line', unit: 'mm[Hg]', systolic: '204', diastolic: '111', mean: '142' }),
      cuff('gw', -30, '208', '114', '145'),
      live('gw'),
    ],
    [
      v('dina', 'pulse_rate', -1200, '70', { origin: 'cuff' }),
      cuff('dina', -1200, '126', '78', '94'),
      absent('dina', 'nibp', -5, 'measuring', { origin: 'cuff' }),
      live('dina'),
    ],
    [
      v('icu-12', 'heart_rate', -1, '72', { origin: 'ecg' }),
      v('icu-12', 'spo2', -1, '97', { origin: 'pleth' }),
      v('icu-12', 'resp_rate', -1, '16'),
      cuff('icu-12', -200, '16.5', '10.1', '12.2', { unit: 'kPa' }),
      live('icu-12'),
    ],
  ]
  const session = [{ atMs: 0, message: hello() }]
  const feeds = [
    { source: 'hl7', bed: 'ICU^4^B', fixed: false },
    { source: 'hl7', bed: '', fixed: false },
    { source: 'hl7', bed: 'INF^1', chair: '10', fixed: false },
    { source: 'hl7', bed: 'INF^2', chair: '1', fixed: true },
  ]
  session.push({ atMs: 5, message: { kind: 'roster', chairs, feeds } })
  latest.forEach((items, n) => {
    const sources = [...new Set(items.map((item) => item.source))]
    // The last cuff readings before the newest, out of the log.
    const earlier = items
      .filter((item) => item.vital === 'nibp' && item.systolic)
      .flatMap((item) =>
        [1, 2, 3].map((k) => ({
          ...item,
          seq: next(),
          at: moment((item.at.monoUs - START_MONO_US) / S - 300 * k),
          received: moment((item.at.monoUs - START_MONO_US) / S - 300 * k),
        })),
      )
    const chair = String(n + 1)
    session.push({
      atMs: 10,
      message: { kind: 'snapshot', chair, head: seq, now: moment(0), latest: items, every: sources.map(fast) },
    })
    session.push({ atMs: 11, message: { kind: 'history', chair, items: earlier, through: seq, done: true } })
  })
  for (let at = 1; at <= 90; at += 1)
    session.push({
      atMs: at * 1000,
      message: beat(
        at,
        chairs.map(({ id }) => id),
      ),
    })
  return session
}

/** The log cannot be written from the third second on. */
function notRecording() {
  const recording = {
    ok: false,
    sinceWallUs: moment(-10).wallUs,
    reason: 'The disk with the log is full. Free space on the server; values are held and written later.',
  }
  return room(['Chair 1', 'Chair 2'], { historyS: 30, everyS: 10, liveS: 60 }).map((timed) =>
    timed.message.kind === 'beat' ? { ...timed, message: { ...timed.message, recording } } : timed,
  )
}

/** One monitor that sends all nine values, and an oximeter that sends every 2 s: the live screen at its fullest. */
function nineValues() {
  const v = (source, vital, at, value, more) => reading(source, vital, at, { value, ...more })
  const large = (at) => [
    ...values('gw', at, 0),
    v('gw', 'pulse_rate', at, String(Math.round(80 + 2 * Math.sin(at / 37))), { origin: 'pleth' }),
    v('gw', 'etco2', at, '38', { origin: 'co2' }),
    v('gw', 'temperature', at, '36.8', { site: 'T1' }),
    v('gw', 'temperature', at, '37.1', { site: 'T2' }),
    v('gw', 'perfusion_index', at, '2.40', { origin: 'pleth', unit: '%' }),
    reading('gw', 'art', at, { origin: 'line', unit: 'mm[Hg]', systolic: '134', diastolic: '81', mean: '99' }),
  ]
  const oximeter = (at) => [
    v('oximeter', 'pulse_rate', at, String(Math.round(76 + 4 * Math.sin(at / 37) + chance() * 2)), { origin: 'pleth' }),
    v('oximeter', 'spo2', at, String(Math.round(97 - chance())), { origin: 'pleth' }),
  ]
  const range = (from, to, by) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, k) => from + k * by)
  const drawn = (item) => !['etco2', 'temperature', 'perfusion_index'].includes(item.vital)
  const chairs = [
    {
      id: '1',
      name: 'Window left',
      source: 'gw',
      everyS: 10,
      history: [...range(-900, 0, 10).flatMap(large).filter(drawn), ...cuffs('gw', -840, 0, 0)],
      latest: [...large(0), cuff('gw', -130, '128', '79', '95')],
      live: (at) => (at % 5 === 0 ? large(at) : []),
    },
    {
      id: '2',
      name: 'Window right',
      source: 'oximeter',
      everyS: 2,
      history: range(-600, -2, 2)
        .filter((at) => at < -330 || at > -300)
        .flatMap(oximeter),
      latest: oximeter(0),
      live: (at) => (at % 2 === 0 ? oximeter(at) : []),
    },
  ]
  const session = [{ atMs: 0, message: hello() }]
  session.push({
    atMs: 5,
    message: { kind: 'roster', chairs: chairs.map(({ id, name }) => ({ id, name })), feeds: [] },
  })
  for (const { id, source, everyS, history, latest } of chairs) {
    const every = [{ source, everyUs: everyS * S }]
    const items = [...latest, link(source, 'live', 'frames arrive', -900)]
    session.push({
      atMs: 10,
      message: { kind: 'snapshot', chair: id, head: seq, now: moment(0.01), latest: items, every },
    })
    session.push({ atMs: 11, message: { kind: 'history', chair: id, items: history, through: seq, done: true } })
  }
  const notices = range(1, 8, 1).map((n) => notice('gw', `NIBP LEAK ${n}, CHECK CUFF AND HOSE`, 'medium', n / 2))
  session.push({ atMs: 4500, message: { kind: 'items', chair: '1', now: moment(4.5), items: notices } })
  for (const at of range(1, 60, 1)) {
    for (const { id, live } of chairs) {
      const items = live(at)
      if (items.length > 0)
        session.push({ atMs: at * 1000, message: { kind: 'items', chair: id, now: moment(at), items } })
    }
    session.push({
      atMs: at * 1000 + 20,
      message: beat(
        at + 0.02,
        chairs.map(({ id }) => id),
      ),
    })
  }
  return session
}

/** Chairs with several devices: all well, the first choice lost, its probe off, and its cable pulled with nobody else there. */
function devices() {
  const v = (source, vital, at, value, more) => reading(source, vital, at, { value, ...more })
  const wave = (mean, swing, at, n) => String(Math.round(mean + swing * Math.sin(at / 41 + n) + chance()))
  const oximeter = (source, at, n = 0) => [
    v(source, 'spo2', at, wave(97, 0.8, at, n), { origin: 'pleth' }),
    v(source, 'pulse_rate', at, wave(76, 4, at, n), { origin: 'pleth' }),
  ]
  const gateway = (at) => [
    v('gateway', 'heart_rate', at, wave(75, 4, at, 0), { origin: 'ecg' }),
    v('gateway', 'spo2', at, wave(94, 0.8, at, 2), { origin: 'pleth' }),
    v('gateway', 'pulse_rate', at, wave(74, 4, at, 1), { origin: 'pleth' }),
    v('gateway', 'resp_rate', at, wave(15, 2, at, 0), { origin: 'impedance' }),
  ]
  const prefer = [
    { vital: 'nibp', sources: ['cuff-1', 'gateway', 'nonin-1'] },
    { vital: 'spo2', sources: ['nonin-1', 'gateway', 'cuff-1'] },
    { vital: 'pulse_rate', sources: ['nonin-1', 'gateway', 'cuff-1'] },
    { sources: ['gateway', 'nonin-1', 'cuff-1'] },
  ]
  const port = '/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1B2C3D4-if00-port0'
  const gone = `${port} is gone (hung up): plug the adapter in again, or check its cable; trying again each second`
  const lostAt = -200
  const rooms = [
    { name: 'First choice', nonin: (at) => oximeter('nonin-1', at) },
    {
      name: 'First choice lost',
      nonin: (at) => (at < lostAt - 300 || (at > lostAt - 200 && at < lostAt) ? oximeter('nonin-1', at) : []),
      link: (at) => (at === lostAt ? [link('nonin-1', 'lost', gone, at)] : []),
    },
    {
      name: 'Probe off',
      nonin: (at) =>
        at < -60
          ? oximeter('nonin-1', at)
          : oximeter('nonin-1', at).map(({ value, ...it }) => ({ ...it, state: 'absent', reason: 'sensor off' })),
    },
    {
      name: 'Cable pulled, alone',
      alone: true,
      nonin: (at) => (at < 3 ? oximeter('nonin-1', at) : []),
      link: (at) => (at === 3 ? [link('nonin-1', 'lost', gone, at)] : []),
    },
  ]
  const chairs = rooms.map(({ name }, n) => ({ id: String(n + 1), name, prefer }))
  const session = [{ atMs: 0, message: hello() }]
  const feeds = chairs.flatMap(({ id }, n) => [
    { source: 'gateway', bed: `BED-0${n + 1}`, chair: id, fixed: false },
    { source: `nonin-1`, bed: '', chair: id, fixed: true },
  ])
  session.push({ atMs: 5, message: { kind: 'roster', chairs, feeds } })
  const range = (from, to, by) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, k) => from + k * by)
  rooms.forEach(({ nonin, link: linked = () => [], alone }, n) => {
    const chair = String(n + 1)
    const said = (at) => [...nonin(at), ...(alone ? [] : gateway(at)), ...linked(at)]
    const measured = alone ? [] : [...cuffs('cuff-1', -880, -580, n), ...cuffs('gateway', -260, -100, n)]
    const items = [...range(-860, 0, 10).flatMap(said), ...measured]
    const every = ['nonin-1', 'gateway'].map((source) => ({ source, everyUs: S }))
    const latest = [
      ...newest(items),
      ...(linked(lostAt).length > 0 ? [] : [link('nonin-1', 'live', 'frames arrive', -900)]),
    ]
    session.push({ atMs: 10, message: { kind: 'snapshot', chair, head: seq, now: moment(0.01), latest, every } })
    session.push({ atMs: 11, message: { kind: 'history', chair, items, through: seq, done: true } })
    for (const at of range(1, 30, 1)) {
      const now = said(at)
      if (now.length > 0)
        session.push({ atMs: at * 1000, message: { kind: 'items', chair, now: moment(at), items: now } })
    }
  })
  for (const at of range(1, 30, 1))
    session.push({
      atMs: at * 1000 + 20,
      message: beat(
        at + 0.02,
        chairs.map(({ id }) => id),
      ),
    })
  return session
}

const nobody = [
  { atMs: 0, message: hello('Europe/Berlin') },
  { atMs: 5, message: { kind: 'roster', chairs: [], feeds: [] } },
  ...Array.from({ length: 60 }, (_, n) => ({ atMs: (n + 1) * 1000, message: beat(n + 1, []) })),
]

const numbered = (n) => Array.from({ length: n }, (_, k) => `Chair ${k + 1}`)
const sessions = {
  'four-chairs': room(['Window left', 'Window right', 'Door', 'Quiet room'], { historyS: 900, everyS: 10, liveS: 20 }),
  'sixteen-chairs': room(numbered(16), { historyS: 0, everyS: 10, liveS: 4 }),
  states: states(),
  'not-recording': notRecording(),
  nobody,
  'nine-values': nineValues(),
  devices: devices(),
}

for (const [name, session] of Object.entries(sessions)) {
  session.sort((a, b) => a.atMs - b.atMs)
  const lines = session.map((timed) => JSON.stringify(timed)).join(',\n')
  writeFileSync(new URL(`../../fixtures/wire/session-${name}.json`, import.meta.url), `[\n${lines}\n]\n`)
}
