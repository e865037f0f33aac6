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

const range = (from, to, by) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, k) => from + k * by)

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

const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const ascii = (text) => [...text].map((c) => c.charCodeAt(0))

/** One frame of a source, its number still to be given; `ago` in seconds before the list of sources. */
const frame = (offset, ago, kind, bytes, said) => ({
  offset,
  receivedWallUs: moment(-ago).wallUs,
  kind,
  length: bytes.length,
  hex: hexOf(bytes),
  // The screen reads the digits; this is for people with a terminal.
  text: '',
  said,
})

/** What a server would say of the sources of the session `states`: each kind of trouble once. */
function sourcesOfStates() {
  const common = {
    faults: 0,
    skippedBytes: 0,
    connections: 1,
    requests: 0,
    refusedPeers: 0,
    skippedShare: 0,
    waitingBeds: [],
  }
  const serial = (port) => `serial port /dev/serial/by-id/${port}, 9600 baud 8N1, listens only`
  const fine = {
    state: 'live',
    reason: 'frames arrive',
    advice: 'Nothing to do.',
    well: true,
    sinceWallUs: moment(-5025).wallUs,
  }
  const last = (ago) => ({ lastFrameWallUs: moment(-ago).wallUs, lastFrameAgeUs: ago * S })
  const row = (n) =>
    `22-Nov-26 14:41:${String(59 - n).padStart(2, '0')}    ${97 - (n % 3)}      ${72 + (n % 5)}      45                     \r\n`
  const rows = range(0, 11, 1).map((n) => {
    const said = [`spo2 ${97 - (n % 3)} %`, `pulse_rate ${72 + (n % 5)} /min`]
    return frame((5011 - n) * 62, n + 0.4, 'understood', ascii(row(n)), said)
  })
  rows.splice(3, 0, frame(310_690, 3.2, 'noise', [0xff, 0x32, 0x32, 0x2d, 0x4e], ['skipped: not a frame']))
  const noise = range(0, 9, 1).map((n) => {
    const bytes = range(0, 22 + (n % 3), 1).map(() => Math.floor(chance() * 256))
    return frame(17_000 - n * 24, n + 0.3, 'noise', bytes, ['skipped: not a frame'])
  })
  const message =
    '\x0bMSH|^~\\&|MONITOR|WARD 7|||20260314144158||ORU^R01|88120|P|2.3.1\r' +
    'PID|||TEST-0042||Test^Patient\rPV1||I|^^BED-09\rOBR||||Mindray Monitor|||20260314144158\r' +
    range(0, 11, 1)
      .map((n) => `OBX||NM|${101 + n}^Parameter ${n + 1}^||${60 + n * 3}||||||F\r`)
      .join('') +
    '\x1c\r'
  const facts = [
    'heart_rate 74 /min',
    'pulse_rate 75 /min',
    'spo2 96 %',
    'resp_rate 15 /min',
    'nibp 122/78 (93) mm[Hg]',
  ]
  const messages = range(0, 3, 1).map((n) =>
    frame(260_000 - n * 640, n + 0.6, 'understood', ascii(message), ['bed BED-09:', ...facts]),
  )
  const packets = range(0, 5, 1).map((n) =>
    frame(
      27_000 - n * 3,
      n + 0.2,
      'understood',
      [0x01, 0x80 | (n * 7), 0x48, 0x61, 0x6a],
      ['spo2 absent: sensor off', 'pulse_rate absent: sensor off'],
    ),
  )
  const sources = [
    {
      ...common,
      ...fine,
      ...last(0.4),
      id: 'oxi-window',
      protocol: 'nellcor',
      way: serial('usb-FTDI_FT232R_A50285BI-if00-port0'),
      chairs: ['1'],
      bytes: 310_749,
      frames: 5011,
      skippedBytes: 5,
      values: 10_022,
      bytesPerS: 62,
      framesPerS: 1,
      skippedShare: 0,
      skippedShareLately: 0.0081,
    },
    {
      ...common,
      id: 'oxi-door',
      protocol: 'nellcor',
      way: serial('usb-Prolific_Technology_Inc._USB-Serial_Controller-if00-port0'),
      state: 'silent',
      sinceWallUs: moment(-741).wallUs,
      well: false,
      chairs: ['2'],
      reason:
        'the link stands, but nothing that was understood arrived for 10 s; check that the monitor is on, its cable, and that its port is set to this protocol and speed',
      advice:
        "Bytes arrive as noise: the monitor's speed or parity is another. This port is set to 9600 baud 8N1. Set the monitor to that, or `baud` in chairside.toml to the monitor's speed.",
      bytes: 17_024,
      frames: 0,
      skippedBytes: 17_001,
      values: 0,
      bytesPerS: 23.1,
      framesPerS: 0,
      skippedShare: 0.9986,
      skippedShareLately: 1,
    },
    {
      ...common,
      id: 'oxi-quiet-room',
      protocol: 'nellcor',
      way: serial('usb-FTDI_FT232R_B70311KX-if00-port0'),
      ...last(192),
      state: 'lost',
      sinceWallUs: moment(-191).wallUs,
      well: false,
      chairs: ['3'],
      reason:
        'there is no port /dev/serial/by-id/usb-FTDI_FT232R_B70311KX-if00-port0; the ports there are /dev/ttyUSB0, /dev/ttyUSB1. Plug the adapter in, or correct `port` in the configuration',
      advice:
        'Plug the USB adapter and the cable in again: the port is opened again by itself within a second. If both are in, try another USB socket. If the port has another name now, correct `port` in chairside.toml.',
      bytes: 88_412,
      frames: 1426,
      values: 2852,
      bytesPerS: 0,
      framesPerS: 0,
    },
    {
      ...common,
      ...fine,
      ...last(0.6),
      id: 'gateway',
      protocol: 'hl7',
      profile: 'mindray',
      way: 'network, senders connect to 0.0.0.0:2575',
      well: false,
      advice: 'Values arrive for a bed that has no chair. Give it to a chair on the Settings page.',
      waitingBeds: ['BED-09'],
      chairs: ['4', '5', '6'],
      connections: 14,
      refusedPeers: 3,
      lastRefusal: 'a connection from 10.20.4.77 was refused: add it to `allow` if it is a monitor or gateway',
      bytes: 260_640,
      frames: 412,
      values: 2060,
      bytesPerS: 640,
      framesPerS: 1,
    },
    {
      ...common,
      ...fine,
      ...last(0.2),
      id: 'xpod',
      protocol: 'nonin',
      way: serial('usb-FTDI_FT232R_C11873AA-if00-port0'),
      well: false,
      chairs: ['7'],
      advice:
        "The link works; the monitor itself has no values now. Look at its sensors on the patient: the reason stands beside each value on the chair's screen.",
      bytes: 27_003,
      frames: 9000,
      values: 8100,
      bytesPerS: 9,
      framesPerS: 3,
    },
    {
      ...common,
      id: 'second-gateway',
      protocol: 'hl7',
      way: 'network, senders connect to 127.0.0.1:2576',
      state: 'connecting',
      sinceWallUs: moment(-5025).wallUs,
      well: false,
      chairs: [],
      connections: 0,
      reason: 'listening on 127.0.0.1:2576, no sender has connected yet',
      advice:
        "No sender has connected, and only programs on this machine can: `listen` in chairside.toml has an address that other machines do not reach. Give it this machine's address in the monitors' network, name the senders in `allow`, and restart.",
      bytes: 0,
      frames: 0,
      values: 0,
      bytesPerS: 0,
      framesPerS: 0,
    },
  ]
  const frames = {
    'oxi-window': rows,
    'oxi-door': noise,
    'oxi-quiet-room': rows.slice(4).map((it) => ({ ...it, receivedWallUs: it.receivedWallUs - 188 * S })),
    gateway: messages,
    xpod: packets,
  }
  const bytes = sources.map(({ id }) => {
    const list = (frames[id] ?? []).toReversed().map((it, n) => ({ ...it, number: n + 1 }))
    return [`/api/sources/${id}/bytes`, { source: id, newest: list.at(-1)?.number ?? 0, frames: list }]
  })
  return Object.fromEntries([['/api/sources', { now: moment(0), sources }], ...bytes])
}

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

const answers = Object.entries(sourcesOfStates()).map(
  ([path, answer]) => `${JSON.stringify(path)}: ${JSON.stringify(answer)}`,
)
writeFileSync(new URL('../../fixtures/wire/answers-states.json', import.meta.url), `{\n${answers.join(',\n')}\n}\n`)
