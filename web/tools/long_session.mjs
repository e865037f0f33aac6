// A chair whose session has gone on for hours, as a server tells it: six series at 1 Hz with pauses, gaps, doubtful and
// absent values, artefact marks, typed values and entries. All constructed, the same every time. For trend_bench.mjs and
// trend_look.mjs.

const SOURCE = 'gw'
const BY = { name: 'Ada Nurse', role: 'nurse' }
/** Entries in one part of a history, as in docs/wire.md. */
const PART = 256

/** Random numbers that are the same every time. */
function dice(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** `nowS` is the server's time of day; the chair has values since `hours` ago, its session begins ten minutes later. */
export function longSession({
  hours = 4,
  nowS = Date.UTC(2026, 2, 14, 14, 42) / 1000,
  zone = 'Europe/Berlin',
  session = true,
} = {}) {
  const random = dice(7)
  const spanS = Math.round(hours * 3600)
  const startS = nowS - spanS
  const openS = startS + 600
  const moment = (s) => ({ monoUs: Math.round((s - startS + 1000) * 1e6), wallUs: Math.round(s * 1e6) })
  let seq = 100
  const reading = (vital, s, more) => ({
    is: 'reading',
    seq: ++seq,
    source: SOURCE,
    vital,
    state: 'valid',
    unit: '/min',
    synthetic: false,
    at: moment(s),
    received: moment(s),
    ...more,
  })
  const items = []
  const marks = {}
  const wave = (s, period, size) => Math.sin((2 * Math.PI * s) / period) * size
  // Effect of the infusion, from half an hour after the opening on.
  const rise = (s) =>
    Math.max(0, Math.min(1, (s - openS - 1800) / 1500)) * Math.max(0, 1 - Math.max(0, s - openS - 6000) / 3000)
  const gaps = [
    [openS + 2500, openS + 2580],
    [openS + 5200, openS + 5500],
  ]
  for (let s = startS; s <= nowS; s++) {
    if (gaps.some(([from, to]) => s >= from && s < to)) continue
    const n = () => Math.round((random() - 0.5) * 3)
    const t = s - openS
    const off = t > 3300 && t < 3420
    const moving = (t > 4000 && t < 4060) || (t > 120 && t < 150)
    const hr = String(Math.round(72 + 14 * rise(s) + wave(s, 240, 4)) + n())
    items.push(reading('heart_rate', s, { value: hr, origin: 'ecg' }))
    const spo2 = Math.round(97 + wave(s, 700, 1)) - (moving ? 9 : 0)
    items.push(
      reading('spo2', s, {
        unit: '%',
        origin: 'pleth',
        ...(off ? { state: 'absent', reason: 'sensor off' } : { value: String(Math.min(100, spo2)) }),
        ...(moving ? { state: 'questionable', reason: 'motion' } : {}),
      }),
    )
    items.push(reading('resp_rate', s, { value: String(14 + n()), origin: 'impedance' }))
    items.push(reading('etco2', s, { value: String(38 + n()), unit: 'mm[Hg]', origin: 'co2' }))
    items.push(reading('temperature', s, { value: (36.6 + wave(s, 9000, 0.3)).toFixed(1), unit: 'Cel' }))
    if (t > 900 && t < 920) marks.hr = [marks.hr?.[0] ?? items.at(-5).seq, items.at(-5).seq]
    if ((s - startS) % 600 === 30) {
      const high = Math.round(118 + 22 * rise(s) + n())
      const bent = Math.abs(t - 2430) < 300
      const cuff = reading('nibp', s, {
        unit: 'mm[Hg]',
        origin: 'cuff',
        systolic: String(bent ? 88 : high),
        diastolic: String(bent ? 40 : Math.round(74 + 10 * rise(s))),
        mean: String(bent ? 56 : Math.round(89 + 14 * rise(s))),
        ...(Math.abs(t - 4830) < 300 ? { state: 'questionable', reason: 'motion' } : {}),
      })
      items.push(cuff)
      if (bent) marks.nibp = [cuff.seq, cuff.seq]
    }
    if (s === openS) seq += 1
  }
  const at = (t) => Math.min(t, nowS - openS - 1)
  const seqAt = (s) => items.findLast((it) => it.at.wallUs <= s * 1e6)?.seq ?? 100
  const opened = seqAt(openS - 1)
  let actSeq = 0
  const act = (t, what, more = {}) => ({
    seq: seqAt(openS + at(t)) + 0.001 * ++actSeq,
    received: moment(openS + at(t)),
    wallUs: moment(openS + at(t)).wallUs,
    late: false,
    by: BY,
    act: what,
    undone: false,
    ...more,
  })
  const entry = (t, kind, score, text = '', more = {}) =>
    act(t, { is: 'entry', entry: kind, ...(score === null ? {} : { score }), text }, more)
  const moved = (t, to, reason = '') => act(t, { is: 'moved', to, reason })
  const patient = { id: 'TEST-0001', name: 'Doe, Jane', born: '1980-02-29', alias: 'J. D.' }
  const plan = {
    template: 'IV 40 min',
    number: 3,
    of: 8,
    infusionMin: 90,
    cuffInfusingMin: 10,
    cuffObservingMin: 15,
    observeMin: 60,
  }
  const baseline = [
    { vital: 'heart_rate', values: ['72'] },
    { vital: 'spo2', values: ['97'] },
    { vital: 'nibp', values: ['118', '74', '89'] },
    { vital: 'resp_rate', values: ['14'] },
  ]
  const all = [
    act(0, { is: 'opened', patient, plan }),
    moved(240, 'baseline'),
    act(1500, { is: 'baseline', values: baseline }),
    moved(1800, 'infusing'),
    entry(1800, 'dose event', null, 'Bag 1 connected, as documented'),
    entry(2400, 'sedation', 5),
    act(2440, {
      is: 'artefact',
      vital: 'nibp',
      first: marks.nibp?.[0] ?? 0,
      last: marks.nibp?.[1] ?? 0,
      reason: 'cuff bent',
    }),
    act(950, {
      is: 'artefact',
      vital: 'heart_rate',
      first: marks.hr?.[0] ?? 0,
      last: marks.hr?.[1] ?? 0,
      reason: 'electrode off',
    }),
    entry(3000, 'nausea', 2),
    entry(3005, 'dizziness', 1),
    entry(3010, 'dissociation', 2),
    entry(3200, 'drug given', null, 'Ondansetron 4 mg'),
    entry(3300, 'nausea', 3, '', { undone: true }),
    moved(3600, 'paused', 'patient asked'),
    entry(3700, 'comfort check', null),
    moved(4200, 'infusing'),
    entry(4500, 'sedation', 4, '', { late: true }),
    act(5350, {
      is: 'typed',
      values: [
        { vital: 'nibp', values: ['142', '88', '106'] },
        { vital: 'heart_rate', values: ['88'] },
        { vital: 'spo2', values: ['96'] },
      ],
    }),
    entry(6000, 'side effect', null, 'Headache, mild'),
    moved(7200, 'observing'),
    act(9000, { is: 'handedOver', to: { name: 'Ben Nurse', role: 'nurse' } }),
    entry(10800, 'note', null, 'Walks with help'),
  ].filter((it) => it.received.wallUs / 1e6 < nowS - 2 || it.act.is === 'opened')
  all.sort((a, b) => a.wallUs - b.wallUs)
  const phase = all.findLast(({ act: { is } }) => is === 'moved')
  const started = all.find(({ act: { is, to } }) => is === 'moved' && to === 'infusing')
  const stands = {
    id: '1-100',
    patient,
    plan,
    nurse: BY,
    phase: phase?.act.to ?? 'checked in',
    next: ['observing'],
    phaseSince: phase?.received ?? moment(openS),
    opened: moment(openS),
    from: opened + 1,
    ...(started ? { started: started.received } : {}),
    baseline: all.some(({ act: { is } }) => is === 'baseline') ? baseline : [],
    acts: all,
  }
  const newest = new Map(items.map((it) => [it.vital, it]))
  const said = {
    hello: { kind: 'hello', wire: 1, version: '0', run: 'r1', boot: 'b1', zone, now: moment(nowS) },
    roster: { kind: 'roster', chairs: [{ id: '1', name: 'Window left' }], feeds: [] },
    snapshot: {
      kind: 'snapshot',
      chair: '1',
      head: seq,
      now: moment(nowS),
      latest: [...newest.values()],
      every: [{ source: SOURCE, everyUs: 1e6 }],
    },
    session: { kind: 'session', chair: '1', ...(session ? { session: stands } : {}) },
  }
  const history = (windowS) => {
    const wanted = items.filter((it) => it.at.wallUs >= (nowS - windowS) * 1e6)
    const parts = []
    for (let n = 0; n < wanted.length; n += PART)
      parts.push({
        kind: 'history',
        chair: '1',
        items: wanted.slice(n, n + PART),
        through: wanted[Math.min(n + PART, wanted.length) - 1].seq,
        done: n + PART >= wanted.length,
      })
    return parts
  }
  const head = () => ({ chair: '1', head: seq, recorded: seq, recordedWallUs: Math.round(nowS * 1e6) })
  return {
    nowS,
    items,
    /** What the server says next, `t` seconds on. */
    next(t) {
      const s = nowS + t
      const n = () => Math.round((random() - 0.5) * 3)
      return [
        {
          kind: 'items',
          chair: '1',
          now: moment(s),
          items: [
            reading('heart_rate', s, { value: String(74 + n()), origin: 'ecg' }),
            reading('spo2', s, { value: '97', unit: '%', origin: 'pleth' }),
            reading('resp_rate', s, { value: String(14 + n()), origin: 'impedance' }),
            reading('etco2', s, { value: String(38 + n()), unit: 'mm[Hg]', origin: 'co2' }),
            reading('temperature', s, { value: '36.6', unit: 'Cel' }),
          ],
        },
        { kind: 'beat', now: moment(s), recording: { ok: true }, marks: [head()] },
      ]
    },
    said,
    history,
  }
}

/** Answers a page's socket with it. */
export async function serve(page, chair) {
  await page.routeWebSocket('**/ws', (socket) => {
    const say = (message) => socket.send(JSON.stringify(message))
    say(chair.said.hello)
    say(chair.said.roster)
    say({ kind: 'beat', now: chair.said.hello.now, recording: { ok: true }, marks: [] })
    socket.onMessage((text) => {
      const asked = JSON.parse(text)
      if (asked.kind !== 'follow') return
      say(chair.said.snapshot)
      say(chair.said.session)
      for (const part of chair.history(asked.windowS)) say(part)
    })
    const begin = Date.now()
    const timer = setInterval(() => {
      const t = Math.round((Date.now() - begin) / 1000)
      for (const message of chair.next(t)) say(message)
    }, 1000)
    socket.onClose(() => clearInterval(timer))
    page.on('close', () => clearInterval(timer))
  })
}
