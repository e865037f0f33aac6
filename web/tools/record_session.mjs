// Recorded sessions as the server tells them, out of the same constructed session as long_session.mjs: a list, one record of
// hours with six series at 1 Hz, its course. For record_bench.mjs and record_look.mjs; the same every time.
import { longSession } from './long_session.mjs'

const NURSE = { name: 'Ada Nurse', role: 'nurse' }
const CLINICIAN = { name: 'Lee, Ann', role: 'clinician' }
const LAG_MS = 120

/** A list of differences, the first from zero. */
const deltas = (values) => values.map((value, n) => value - (values[n - 1] ?? 0))

function seriesOf(items, beginUs) {
  const groups = new Map()
  for (const it of items) {
    const key = [it.vital, it.source, it.origin, it.unit].join()
    if (!groups.has(key)) groups.set(key, [])
    groups.get(key).push(it)
  }
  return [...groups.values()].map((list) => {
    const [first] = list
    const decimals = first.vital === 'temperature' ? 1 : 0
    const number = (digits) => (digits === undefined ? null : Math.round(Number(digits) * 10 ** decimals))
    const state = {}
    list.forEach((it, n) => {
      if (it.reason !== undefined) state[n] = it.reason
    })
    return {
      vital: first.vital,
      source: first.source,
      ...(first.origin === undefined ? {} : { origin: first.origin }),
      typed: false,
      unit: first.unit,
      decimals,
      seq: deltas(list.map(({ seq }) => seq)),
      atMs: deltas(list.map((it) => Math.round((it.at.wallUs - beginUs) / 1000))),
      receivedMs: list.map(() => LAG_MS),
      value: list.map((it) => number(it.value ?? it.systolic)),
      ...(first.vital === 'nibp'
        ? { low: list.map((it) => number(it.diastolic)), mean: list.map((it) => number(it.mean)) }
        : {}),
      state,
    }
  })
}

/** `hours` of one session; `signed` freezes it. */
export function recordedSession({ hours = 4, signed = false, zone = 'Europe/Berlin', nowS } = {}) {
  const long = longSession({ hours, zone, ...(nowS === undefined ? {} : { nowS }) })
  const open = long.said.session.session
  const items = long.items.filter(({ seq }) => seq >= open.from)
  const begin = open.opened
  const end = items.at(-1).at
  const at = (s) => ({ monoUs: begin.monoUs + s * 1e6, wallUs: begin.wallUs + s * 1e6 })
  const last = Math.round((end.wallUs - begin.wallUs) / 1e6)
  let seq = items.at(-1).seq
  const later = (s, act, more = {}) => ({
    seq: ++seq,
    received: at(s),
    wallUs: at(s).wallUs,
    late: false,
    by: NURSE,
    act,
    undone: false,
    ...more,
  })
  const acts = open.acts.map((kept, n) => ({ ...kept, seq: Math.round(kept.seq * 1000) / 1000 + n * 1e-6 }))
  const check = (entry, text, s = 60) => later(s, { is: 'entry', entry, text })
  acts.push(
    ...['identity confirmed', 'consent seen'].map((entry) => check(entry, '')),
    check('indication', 'Depression, resistant'),
    check('allergies', 'None known'),
    check('fasting', '07:30'),
    check('medicines', 'Sertraline 100 mg'),
    check('weight', '71 kg'),
    ...(signed ? [check('escort', 'Husband')] : []),
    later(last - 900, { is: 'moved', to: 'observing', reason: '' }),
    later(last - 300, { is: 'moved', to: 'ready', reason: '' }),
    later(last - 60, { is: 'moved', to: 'discharged', reason: '' }),
  )
  const wrong = later(last - 2400, { is: 'entry', entry: 'nausea', score: 3, text: '' }, { undone: true })
  const right = later(
    last - 2400,
    { is: 'corrected', of: wrong.seq, score: 1, text: 'for a minute', reason: 'wrong value' },
    { received: at(last + 600), entry: 'nausea', by: CLINICIAN },
  )
  acts.push({ ...wrong, correctedBy: right.seq }, right)
  acts.push(
    later(
      last - 3000,
      { is: 'entry', entry: 'note', text: 'Asked for water' },
      { late: true, received: at(last - 1200) },
    ),
  )
  const undone = acts.find((it) => it.undone && it.correctedBy === undefined)
  if (undone !== undefined) acts.push(later(last - 2000, { is: 'undo', of: undone.seq, reason: 'pressed by mistake' }))
  if (signed)
    acts.push(
      later(
        last + 3600,
        { is: 'signed', meaning: 'Read and agreed', digest: 'c0ffee'.repeat(11).slice(0, 64) },
        { by: CLINICIAN },
      ),
    )
  const session = {
    ...open,
    acts,
    phase: 'discharged',
    next: [],
    stopped: at(last - 900),
    plan: { ...open.plan, assessFirstMin: 15, assessLaterMin: 30 },
  }
  const digest = 'c0ffee'.repeat(11).slice(0, 64)
  const of = (vital) => items.filter((it) => it.vital === vital && it.state === 'valid')
  const most = (vital, field) => of(vital).reduce((a, b) => (Number(b[field]) > Number(a[field]) ? b : a))
  const least = (vital, field) => of(vital).reduce((a, b) => (Number(b[field]) < Number(a[field]) ? b : a))
  const figure = (key, it, field, unit, definition) => ({
    key,
    value: it[field],
    unit,
    atUs: it.at.wallUs,
    seq: it.seq,
    definition,
  })
  const PEAK = 'the highest counted value of the session and when it was measured; of equal ones the first'
  const LOWEST = 'the lowest counted value of the session and when it was measured; of equal ones the first'
  const COVERAGE = 'the share of the session in which a counted value stood'
  const record = {
    session,
    chair: '1',
    chairName: 'Window left',
    begin,
    end,
    zone,
    offsets: [{ fromUs: begin.wallUs, offsetMin: 60 }],
    sources: [
      { source: 'gw', words: 'Mindray BeneVision N12, serial F3-04412, software 03.10', adapter: 'hl7, mindray' },
    ],
    notes: [
      { seq: items[400].seq, at: items[400].at, source: 'gw', kind: 'monitor', word: 'medium', text: '** SPO2 LOW' },
      {
        seq: items[9000].seq,
        at: items[9000].at,
        source: 'gw',
        kind: 'monitor',
        word: 'advisory',
        text: 'BATTERY LOW',
      },
      {
        seq: items[12000].seq,
        at: at(2500),
        source: 'gw',
        kind: 'link',
        word: 'lost',
        text: 'the connection was closed by the monitor',
      },
      { seq: items[12001].seq, at: at(2580), source: 'gw', kind: 'link', word: 'live', text: 'frames arrive' },
      {
        seq: items[25000].seq,
        at: at(5200),
        source: 'gw',
        kind: 'link',
        word: 'silent',
        text: 'the connection stands and nothing arrives',
      },
      { seq: items[25001].seq, at: at(5500), source: 'gw', kind: 'link', word: 'live', text: 'frames arrive' },
    ],
    limits: [
      {
        seq: items[20000].seq,
        notice: 'spo2',
        level: 'urgent',
        value: '88',
        limit: '90',
        limits: 'lookLow=94 urgentLow=90',
        own: false,
        raised: at(4010),
        over: at(4065),
        end: 'within limits',
        seenBy: NURSE,
        seen: at(4022),
      },
      {
        seq: items[24000].seq,
        notice: 'systolic',
        level: 'look',
        value: '141',
        limit: '140',
        limits: 'lookHigh=140 urgentHigh=180',
        own: true,
        raised: at(4800),
        over: at(5400),
        end: 'within limits',
      },
    ],
    gaps: [
      ...['heart_rate', 'spo2', 'resp_rate'].flatMap((vital) => [
        { vital, source: 'gw', from: at(2500), to: at(2580), why: 'link lost' },
        { vital, source: 'gw', from: at(5200), to: at(5500), why: 'nothing sent' },
      ]),
      { vital: 'spo2', source: 'gw', from: at(3300), to: at(3420), why: 'sensor off' },
    ].sort((a, b) => a.from.wallUs - b.from.wallUs),
    summary: [
      {
        key: 'baseline nibp',
        value: '118/74 (89)',
        unit: 'mm[Hg]',
        atUs: at(1500).wallUs,
        definition:
          'the values stored by the press on "baseline": the middle one of the last 60 s, and the last cuff reading',
      },
      figure('peak systolic', most('nibp', 'systolic'), 'systolic', 'mm[Hg]', PEAK),
      figure('peak diastolic', most('nibp', 'diastolic'), 'diastolic', 'mm[Hg]', PEAK),
      figure('peak heart_rate', most('heart_rate', 'value'), 'value', '/min', PEAK),
      figure('lowest spo2', least('spo2', 'value'), 'value', '%', LOWEST),
      figure('lowest resp_rate', least('resp_rate', 'value'), 'value', '/min', LOWEST),
      { key: 'coverage spo2', value: '96', unit: '%', definition: COVERAGE },
      { key: 'coverage heart_rate', value: '97', unit: '%', definition: COVERAGE },
      {
        key: 'gaps spo2',
        value: '3',
        unit: '1',
        definition: 'a stretch of the session in which no counted value stood',
      },
      {
        key: 'time with spo2 below 90 (fixed)',
        value: '60',
        unit: 's',
        definition: 'the time for which counted values below the number stood',
      },
      { key: 'lowest sedation', value: '3', unit: 'MOAA/S', atUs: at(4900).wallUs, definition: '' },
      { key: 'drug given, as typed', value: 'Ondansetron 4 mg', unit: '', atUs: at(3200).wallUs, definition: '' },
    ],
    audit: [
      { atUs: at(last + 120).wallUs, by: NURSE, did: 'viewed', what: '' },
      { atUs: at(last + 600).wallUs, by: CLINICIAN, did: 'viewed', what: '' },
      { atUs: at(last + 660).wallUs, by: CLINICIAN, did: 'exported', what: 'pdf' },
    ],
    ...(signed
      ? {
          signed: {
            by: CLINICIAN,
            atUs: at(last + 3600).wallUs,
            meaning: 'Read and agreed',
            digest,
            key: '11'.repeat(32),
            holds: true,
          },
        }
      : {}),
    digest,
    version: '0.1.0',
  }
  const series = { beginUs: begin.wallUs, series: seriesOf(items, begin.wallUs) }
  return {
    id: session.id,
    long,
    items,
    record,
    series,
    table: (every) => tableOf(items, record, every),
    frame: (asked) => frameOf(items, asked),
  }
}

const COLUMNS = ['heart_rate', 'pulse_rate', 'spo2', 'nibp', 'resp_rate', 'etco2', 'temperature']

function tableOf(items, { begin, end, session }, every) {
  const zero = session.started?.wallUs ?? begin.wallUs
  const width = every * 60e6
  const rows = []
  const cells = new Map()
  for (const it of items) {
    const n = Math.floor((it.at.wallUs - zero) / width)
    const key = `${n} ${it.vital}`
    if (!cells.has(key)) cells.set(key, [])
    cells.get(key).push(it)
  }
  for (let n = Math.floor((begin.wallUs - zero) / width); zero + n * width <= end.wallUs; n++) {
    rows.push({
      atUs: zero + n * width,
      sinceStartS: (n * width) / 1e6,
      cells: COLUMNS.map((vital) => {
        const all = cells.get(`${n} ${vital}`) ?? []
        const counted = all.filter(({ state }) => state === 'valid')
        const cuff = counted.at(-1)
        if (vital === 'nibp') return cuff === undefined ? '' : `${cuff.systolic}/${cuff.diastolic} (${cuff.mean})`
        const values = counted.map(({ value }) => value).sort((a, b) => a - b)
        return values[(values.length - 1) >> 1] ?? all.at(-1)?.reason ?? ''
      }),
    })
  }
  return { every, columns: COLUMNS, rows }
}

const hexOf = (text) => [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')

function frameOf(items, asked) {
  const it = items.find(({ seq }) => seq === asked)
  if (it === undefined) return undefined
  const value = it.value ?? (it.systolic === undefined ? '' : `${it.systolic}/${it.diastolic} (${it.mean})`)
  const head = `MSH|^~\\&|Mindray|Gateway|||20260314144205||ORU^R01|${asked}|P|2.3.1\rPID|||TEST-0001||Doe^Jane||19800229|F\rOBR||||Mindray Monitor|||20260314144205\r`
  const obx = `OBX|1|NM|${it.vital}||${value}|${it.unit}|||||F`
  const text = `${head}${obx}\rOBX|2|NM|other||12|/min|||||F\r`
  return {
    seq: asked,
    source: it.source,
    words: 'Mindray BeneVision N12, serial F3-04412, software 03.10',
    measured: it.at,
    received: { monoUs: it.at.monoUs + LAG_MS * 1000, wallUs: it.at.wallUs + LAG_MS * 1000 },
    deviceTime: '20260314144205',
    vital: it.vital,
    value,
    unit: it.unit,
    state: it.state,
    ...(it.reason === undefined ? {} : { reason: it.reason }),
    frame: 'understood',
    bytes: hexOf(text),
    marks: [{ from: head.length, to: head.length + obx.length, field: 'OBX segment' }],
  }
}

const NAMES = [
  'Doe, Jane',
  'Roe, Richard',
  'Müller-Ñuñez, Ołena',
  'Okafor, Chidi',
  'Li, Wei',
  'von der Heyden-Schulenburg, Maximiliane',
]
const FOUND = [
  ['late', 'typed'],
  [],
  ['gap', 'artefact', 'limit'],
  ['stopped early', 'notice', 'gap'],
  ['demo'],
  ['corrected', 'addendum', 'late'],
]

/** Rows of a list; the first one is the recorded session. */
export function rowsOf({ record }, count = 120) {
  const { session, begin, end } = record
  return Array.from({ length: count }, (_, n) => ({
    id: n === 0 ? session.id : `${(n % 4) + 1}-${5000 - n}`,
    chair: String((n % 4) + 1),
    chairName: ['Window left', 'Window right', 'Door', 'Treatment room two'][n % 4],
    patient: {
      id: `TEST-${String(n + 1).padStart(4, '0')}`,
      name: NAMES[n % NAMES.length],
      born: `19${60 + (n % 40)}-02-0${1 + (n % 9)}`,
      alias: 'J. D.',
    },
    number: 1 + (n % 8),
    ...(n % 3 === 0 ? { of: 8 } : {}),
    template: n % 2 === 0 ? 'IV 40 min' : 'Chronic pain, long infusion',
    phase: n === 1 ? 'infusing' : n % 11 === 5 ? 'cancelled' : 'discharged',
    nurse: ['Ada Nurse', 'Ben Beck'][n % 2],
    openedUs: begin.wallUs - n * 5 * 3600e6,
    startedUs: begin.wallUs - n * 5 * 3600e6 + 1800e6,
    ...(n === 1 ? {} : { endedUs: end.wallUs - n * 5 * 3600e6 }),
    ...(n % 3 === 2 ? { signed: { by: 'Lee, Ann', atUs: end.wallUs - n * 5 * 3600e6 + 3600e6 } } : {}),
    has: FOUND[n % FOUND.length],
  }))
}

/** A course of so many sessions, oldest first; ids are those `serveRecords` answers to. */
export function courseOf({ record }, count = 7) {
  const { begin, session } = record
  const numbers = [1, 2, 3, 4, 6, 7, 8].slice(0, count)
  return {
    patient: session.patient,
    rows: numbers.map((number, n) => {
      const up = [14, 22, 31, 17, 12, 15, 19][n]
      return {
        id: n === count - 1 ? session.id : `1-${10 + n}`,
        number,
        of: 8,
        openedUs: begin.wallUs - (count - 1 - n) * 3.5 * 86_400e6,
        ...(n === 0 ? {} : { daysSince: n === 4 ? 7 : 3 + (n % 2) }),
        template: 'IV 40 min',
        phase: 'discharged',
        dose: n === 3 ? '' : '35 mg over 40 min, lot A-22',
        minutes: n === 2 ? 22 : 41 + (n % 3),
        plannedMin: 40,
        baseline: { sys: String(116 + n), dia: '74', hr: '70' },
        peak: { sys: String(116 + n + up), dia: String(74 + Math.round(up / 2)), hr: String(84 + n) },
        stop: { sys: String(124 + n), dia: '80', hr: '78' },
        leaving: n === 3 ? {} : { sys: String(118 + n), dia: '76', hr: '72' },
        lowestSpo2: String(96 - (n % 4)),
        minutesToPeak: 30 + n,
        minutesOver: n === 2 ? 9 : 0,
        worst:
          n % 2 === 0
            ? [
                { entry: 'nausea', score: 2 },
                { entry: 'dissociation', score: 2 },
              ]
            : [{ entry: 'dizziness', score: 1 }],
        lowestMoaas: n === 2 ? '3' : '4',
        drugs: n === 2 ? ['Ondansetron 4 mg'] : [],
        ...(n === 3 ? {} : { minutesToReady: 48 + 3 * n }),
        has: FOUND[n % FOUND.length],
        signed: n < count - 1,
        ...(n === 2 ? { stoppedEarly: 'blood pressure' } : {}),
      }
    }),
    scores: numbers.flatMap((_, n) => [
      {
        at: begin.wallUs - (count - 1 - n) * 3.5 * 86_400e6,
        scale: 'PHQ-9',
        score: String([21, 19, 14, 15, 11, 9, 8][n]),
      },
      ...(n % 2 === 0
        ? [
            {
              at: begin.wallUs - (count - 1 - n) * 3.5 * 86_400e6,
              scale: 'GAD-7',
              score: String([15, 15, 12, 12, 10, 10, 7][n]),
            },
          ]
        : []),
    ]),
  }
}

/** The series of another session of the course: a little higher, and shorter. */
function other({ beginUs, series }, id) {
  const by = (Number(id.split('-')[1]) % 7) * 4 - 8
  const up = (values, add) => values?.map((value) => (value === null ? null : value + add))
  return {
    beginUs,
    series: series.map((it) => {
      const add = it.vital === 'nibp' ? by : it.vital === 'heart_rate' ? Math.round(by / 2) : 0
      return { ...it, value: up(it.value, add), ...(it.low ? { low: up(it.low, Math.round(add / 2)) } : {}) }
    }),
  }
}

/** What stood beside the values: a cuff every ten minutes, two limits, the notices of the record. */
function stoodOf({ record }) {
  const { begin, end, limits } = record
  const later = (at, us) => ({ monoUs: at.monoUs + us, wallUs: at.wallUs + us })
  const due = (n) => ({
    atUs: begin.wallUs + n * 600e6,
    schedule: {
      cuffDue: later(begin, (n + 1) * 600e6),
      cuffEveryS: 600,
      assessDue: later(begin, (n + 2) * 600e6),
      marks: [],
    },
  })
  const shown = ({ notice, level, value, limit, raised }) => ({ notice, level, value, limit, since: raised })
  return {
    schedules: [
      ...Array.from({ length: Math.floor((end.wallUs - begin.wallUs) / 600e6) }, (_, n) => due(n)),
      { atUs: end.wallUs },
    ],
    limits: [
      {
        atUs: begin.wallUs,
        limits: [
          { notice: 'spo2', on: true, limits: 'lookLow=94 urgentLow=90' },
          { notice: 'systolic', on: true, limits: 'lookHigh=160 urgentHigh=180' },
        ],
      },
    ],
    hasLimits: true,
    notices: limits.flatMap((it) => [
      { atUs: it.raised.wallUs, notices: [shown(it)] },
      { atUs: it.over?.wallUs ?? end.wallUs, notices: [] },
    ]),
  }
}

/** Answers a page's questions about recorded sessions. */
export async function serveRecords(page, recorded, { delayMs = 0 } = {}) {
  const rows = rowsOf(recorded)
  const answers = []
  const bodies = { series: JSON.stringify(recorded.series) }
  const opened = (id) => ({ ...recorded.record, session: { ...recorded.record.session, id } })
  await page.route(/\/api\/(sessions|course)/, async (route) => {
    const url = new URL(route.request().url())
    const json = (body) =>
      route.fulfill({ contentType: 'application/json', body: typeof body === 'string' ? body : JSON.stringify(body) })
    const [, id, what] = /^\/api\/sessions\/([^/]+)\/(.+)$/.exec(url.pathname) ?? []
    answers.push(`${route.request().method()} ${url.pathname}`)
    if (delayMs > 0) await new Promise((done) => setTimeout(done, delayMs))
    if (url.pathname === '/api/course') return json(courseOf(recorded))
    if (url.pathname === '/api/sessions/find') {
      const { text = '', after, has = [] } = route.request().postDataJSON()
      const all = rows.filter(
        (row) => row.patient.name.toLowerCase().includes(text.toLowerCase()) && has.every((it) => row.has.includes(it)),
      )
      const from = after === undefined ? 0 : all.findIndex((row) => row.id === after) + 1
      return json({ rows: all.slice(from, from + 50), more: from + 50 < all.length, total: all.length })
    }
    if (what === 'open') return json(opened(decodeURIComponent(id)))
    if (what === 'series') return json(id === recorded.id ? bodies.series : other(recorded.series, id))
    if (what === 'stood') return json(stoodOf(recorded))
    if (what === 'table') return json(recorded.table(Number(url.searchParams.get('every'))))
    if (what?.startsWith('frame/')) {
      const found = recorded.frame(Number(what.slice(6)))
      return found === undefined
        ? route.fulfill({
            status: 404,
            contentType: 'application/json',
            body: '{"code":"no_frame","message":"entry has no frame"}',
          })
        : json(found)
    }
    return route.fulfill({
      status: 409,
      contentType: 'application/json',
      body: '{"code":"constructed","message":"This record is constructed and takes nothing."}',
    })
  })
  return answers
}
