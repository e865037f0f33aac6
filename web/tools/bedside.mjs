// A constructed chair in a session, in any phase and trouble, as the server would tell of it. For pictures (tests/browser/shots.mjs).

const S = 1e6
const BY = { name: 'Ada Nurse', role: 'nurse' }
const SOURCE = 'gateway'
const UNITS = { nibp: 'mm[Hg]', spo2: '%', etco2: 'mm[Hg]', temperature: 'Cel' }
const WAY = ['planned', 'checked in', 'baseline', 'infusing', 'observing', 'ready', 'discharged']
const NEXT = {
  planned: ['checked in', 'cancelled'],
  'checked in': ['baseline', 'cancelled'],
  baseline: ['infusing', 'cancelled'],
  infusing: ['paused', 'observing'],
  paused: ['infusing', 'observing'],
  observing: ['ready'],
  ready: ['discharged', 'observing'],
  discharged: [],
}

/** A clinic whose lead has set everything up. */
export const CLINIC = {
  names: 'alias',
  templates: [
    ['IV ketamine', 40, 60],
    ['Esketamine, nasal', 10, 120],
  ].map(([name, infusionMin, observeMin]) => ({
    name,
    of: 6,
    infusionMin,
    cuffInfusingMin: 10,
    cuffObservingMin: 15,
    observeMin,
    assessFirstMin: 15,
    assessLaterMin: 30,
  })),
  staff: [
    BY,
    { name: 'Ben Ortiz', role: 'nurse' },
    { name: 'Dr. Stein', role: 'clinician' },
    { name: 'Lee, Ann', role: 'lead' },
  ],
  readiness: [
    'Awake and oriented',
    'Walks safely',
    'Nausea controlled',
    'IV out',
    'Vitals acceptable to the clinician',
    'Escort is here',
    "Instructions given: no driving until after a night's sleep",
  ],
  limits: [
    ['pre-start systolic', false, 'lookHigh=140 urgentHigh=180'],
    ['pre-start diastolic', false, 'lookHigh=90 urgentHigh=110'],
    ['systolic', true, 'lookLow=90 lookHigh=160 urgentLow=80 urgentHigh=180 onceHigh=200 overPct=20 underPct=30'],
    ['diastolic', true, 'lookHigh=100 urgentHigh=110 onceHigh=120'],
    ['mean', false, 'overPct=20'],
    ['spo2', true, 'lookLow=94 urgentLow=90 lookHoldS=15 urgentHoldS=10'],
    ['heart rate', true, 'lookLow=50 lookHigh=120 urgentLow=40 urgentHigh=140 lookHoldS=30 urgentHoldS=10'],
    ['resp rate', false, 'lookLow=10 lookHigh=24 urgentLow=8 urgentHigh=30 lookHoldS=30 urgentHoldS=30'],
    ['etco2', false, 'urgentLow=25 urgentHigh=50 urgentHoldS=30'],
    ['sedation', true, 'lookLow=3 urgentLow=2'],
    ['rass', false, 'lookLow=-2 urgentLow=-4'],
    ['cuff', true, 'lateS=120'],
    ['assessment', true, 'lateS=300'],
  ].map(([notice, on, limits]) => ({ notice, on, limits })),
  hasLimits: true,
  testing: [],
}

/**
 * Chair 1 so many seconds after its session was opened. `trouble` is one of `lost absent doubtful old conflict demo notices seen
 * over monitor pulled`; `series` is how many values the monitor sends; `test` puts the chair into test mode.
 */
export function bedside({
  phase = 'infusing',
  trouble = '',
  series = 4,
  test = false,
  wallUs = Date.UTC(2026, 2, 14, 9, 42) * 1000,
} = {}) {
  let seq = 1000
  const next = () => {
    seq += 1
    return seq
  }
  const start = { monoUs: 86_400 * S, wallUs }
  const moment = (s) => ({ monoUs: start.monoUs + Math.round(s * S), wallUs: start.wallUs + Math.round(s * S) })
  const at = WAY.indexOf(phase === 'paused' ? 'infusing' : phase)
  const began = { opened: -2400, baseline: -1900, infusing: -1500, observing: -600, ready: -120, discharged: -30 }
  if (phase === 'infusing' || phase === 'paused') Object.assign(began, { infusing: -1500 })
  const isPast = (name) => WAY.indexOf(name) <= at
  const from = phase === 'planned' ? 0 : began.opened
  const reading = (vital, s, more) => ({
    is: 'reading',
    seq: next(),
    source: SOURCE,
    vital,
    state: 'valid',
    unit: UNITS[vital] ?? '/min',
    synthetic: trouble === 'demo',
    at: moment(s),
    received: moment(s),
    ...more,
  })
  const rise = (s) => Math.sin(Math.min(1, Math.max(0, (s + 1500) / 2700)) * Math.PI)
  const wave = (s, period, size) => Math.sin((2 * Math.PI * s) / period) * size
  function values(s) {
    const low = ['notices', 'seen'].includes(trouble) && s > -40 ? 8 : 0
    const spo2 = String(Math.round(97.4 + wave(s, 420, 0.9)) - low)
    const doubt = trouble === 'doubtful' && s > -30 ? { state: 'questionable', reason: 'motion' } : {}
    const off = trouble === 'absent' && s > -30
    return [
      reading('heart_rate', s, {
        origin: 'ecg',
        value: String(Math.round(70 + 15 * rise(s) + wave(s, 45, 2))),
        ...doubt,
      }),
      reading('spo2', s, {
        origin: 'pleth',
        ...(off ? { state: 'absent', reason: 'sensor off' } : { value: spo2, ...doubt }),
      }),
      reading('pulse_rate', s, {
        origin: 'pleth',
        ...(off ? { state: 'absent', reason: 'sensor off' } : { value: String(Math.round(70 + 15 * rise(s))) }),
      }),
      reading('resp_rate', s, { origin: 'impedance', value: String(Math.round(14 + wave(s, 90, 2))) }),
      ...(series > 4 ? [reading('etco2', s, { origin: 'co2', value: String(Math.round(38 + wave(s, 130, 2))) })] : []),
      ...(series > 5
        ? [reading('temperature', s, { site: 'axillary', value: (36.7 + wave(s, 3000, 0.2)).toFixed(1) })]
        : []),
    ]
  }
  function cuff(s, more = {}) {
    const systolic = Math.round(118 + 24 * rise(s) + wave(s, 700, 3))
    const diastolic = Math.round(74 + 11 * rise(s))
    const digits = {
      systolic: String(systolic),
      diastolic: String(diastolic),
      mean: String(Math.round((systolic + 2 * diastolic) / 3)),
    }
    return reading('nibp', s, { origin: 'cuff', ...digits, ...more })
  }
  // The last that was heard.
  const end = { lost: -75, pulled: -5, delayed: -5 }[trouble] ?? 0
  const lastCuff = trouble === 'old' ? -640 : trouble === 'over' ? -780 : -190
  const cuffs = []
  for (let s = from + 60; s < lastCuff - 300; s += 600) cuffs.push(cuff(s))
  cuffs.push(cuff(lastCuff))
  const items = []
  if (phase !== 'planned') {
    for (let s = from; s <= end; s += 5) {
      if (s > -1300 && s < -1210) continue
      items.push(...values(s))
    }
    items.push(...cuffs)
    items.sort((a, b) => a.at.monoUs - b.at.monoUs)
  }
  const lost = trouble === 'lost' || trouble === 'pulled'
  const link = {
    is: 'link',
    seq: next(),
    source: SOURCE,
    state: lost ? 'lost' : 'live',
    reason: lost ? 'The serial port was removed. Plug the adapter in again; it is opened by itself.' : 'frames arrive',
    since: moment(lost ? end : from),
  }
  const notice = (text, priority, s) => ({
    is: 'notice',
    seq: next(),
    source: SOURCE,
    text,
    priority,
    received: moment(s),
  })
  const notices =
    trouble === 'monitor' ? [notice('SpO2 LOW 88 < 90', 'high', -3), notice('CUFF LEAK', 'medium', -40)] : []
  const newest = new Map(items.map((it) => [it.vital, it]))

  const acts = []
  const act = (s, what, more = {}) => {
    const { wallUs: when } = moment(s)
    acts.push({
      seq: items.findLast((it) => it.at.wallUs <= when)?.seq ?? 1000,
      received: moment(s),
      wallUs: when,
      late: false,
      by: BY,
      act: what,
      undone: false,
      ...more,
    })
  }
  const entry = (s, kind, score, text = '', more = {}) =>
    act(s, { is: 'entry', entry: kind, ...(score === undefined ? {} : { score }), text }, more)
  const patient = test
    ? { id: 'TEST:1', name: 'Test, Tilda', born: '2000-01-01', alias: 'Test' }
    : { id: 'MRN-004711', name: 'Doe-Montgomery, Jane Alexandra', born: '1980-02-29', alias: 'Heron' }
  const plan = { ...CLINIC.templates[0], template: 'IV ketamine', number: 3 }
  delete plan.name
  const baseline = [
    { vital: 'heart_rate', values: ['71'], from: [1100, 1200] },
    { vital: 'spo2', values: ['97'], from: [1100, 1200] },
    { vital: 'nibp', values: ['119', '74', '89'], from: [1150, 1150] },
    { vital: 'resp_rate', values: ['14'], from: [1100, 1200] },
  ]
  act(began.opened, { is: 'opened', patient, plan, ...(phase === 'planned' ? { planned: true } : {}) })
  if (isPast('checked in')) {
    entry(began.opened + 60, 'identity confirmed')
    entry(began.opened + 70, 'allergies', undefined, 'penicillin')
    entry(began.opened + 80, 'indication', undefined, 'depression, resistant')
  }
  if (isPast('baseline')) {
    for (const [kind, text] of [
      ['consent seen', ''],
      ['fasting', 'since 22:00'],
      ['medicines', 'sertraline 100 mg, taken'],
      ['weight', '71 kg'],
      ['escort', 'sister, 15:30'],
      ['scale', 'MADRS 28'],
    ])
      entry(began.baseline - 60, kind, undefined, text)
    act(began.baseline, { is: 'moved', to: 'baseline', reason: '' })
  }
  if (isPast('infusing')) {
    act(began.infusing - 120, { is: 'baseline', values: baseline })
    entry(began.infusing - 60, 'go', undefined, '', { by: { name: 'Dr. Stein', role: 'clinician' } })
    act(began.infusing, { is: 'moved', to: 'infusing', reason: '' })
    entry(began.infusing + 30, 'dose event', undefined, 'ketamine 35 mg in 100 ml, lot K2217, as documented')
    entry(began.infusing + 240, 'sedation', 5)
    entry(began.infusing + 400, 'dissociation', 2)
    entry(began.infusing + 420, 'nausea', 2)
    entry(began.infusing + 480, 'drug given', undefined, 'ondansetron 4 mg iv')
    entry(began.infusing + 500, 'vomited', undefined, '', { undone: true })
    entry(began.infusing + 760, 'sedation', 4, '', { late: true })
    entry(began.infusing + 780, 'note', undefined, 'calm, music on, asked for the blinds to be drawn')
    const bent = cuffs.find((it) => it.at.monoUs > moment(-1100).monoUs)
    if (bent) act(-1000, { is: 'artefact', vital: 'nibp', first: bent.seq, last: bent.seq, reason: 'arm moved' })
    if (phase === 'paused') act(-90, { is: 'moved', to: 'paused', reason: '' })
  }
  if (isPast('observing')) act(began.observing, { is: 'moved', to: 'observing', reason: '' })
  if (isPast('ready')) {
    for (const line of CLINIC.readiness) entry(began.ready - 60, 'readiness', undefined, line)
    act(began.ready, { is: 'moved', to: 'ready', reason: '' })
  } else if (isPast('observing'))
    for (const line of CLINIC.readiness.slice(0, 3)) entry(-60, 'readiness', undefined, line)
  if (isPast('discharged')) act(began.discharged, { is: 'moved', to: 'discharged', reason: '' })
  if (trouble === 'typed') {
    act(-50, {
      is: 'typed',
      values: [
        { vital: 'nibp', values: ['133', '82', '99'] },
        { vital: 'spo2', values: ['96'] },
        { vital: 'heart_rate', values: ['81'] },
      ],
    })
  }
  if (trouble === 'artefact')
    act(-20, {
      is: 'artefact',
      vital: 'nibp',
      first: newest.get('nibp').seq,
      last: newest.get('nibp').seq,
      reason: 'cuff moved',
    })
  acts.sort((a, b) => a.wallUs - b.wallUs)
  const running = at >= 3 && phase !== 'discharged'
  const over = trouble === 'over'
  const session = {
    id: '1-900',
    patient,
    plan,
    nurse: BY,
    phase,
    next: NEXT[phase],
    phaseSince: moment({ planned: -300, 'checked in': began.opened, paused: -90 }[phase] ?? began[phase]),
    opened: moment(began.opened),
    from: 901,
    ...(isPast('infusing') ? { started: moment(began.infusing) } : {}),
    ...(isPast('observing') ? { stopped: moment(began.observing) } : {}),
    baseline: isPast('infusing') ? baseline : [],
    acts,
    ...(running || phase === 'baseline'
      ? {
          schedule: {
            cuffDue: moment(over ? -180 : lastCuff + 600),
            cuffEveryS: 600,
            assessDue: moment(over ? -400 : 160),
            ...(phase === 'infusing' || phase === 'paused' ? { plannedEnd: moment(900) } : {}),
            ...(phase === 'observing' || phase === 'ready'
              ? { observeUntil: moment(phase === 'ready' ? -10 : 1800) }
              : {}),
            marks: [
              { mark: 'baseline', seq: cuffs[0].seq, values: ['119', '74', '89'], at: moment(began.infusing - 200) },
              { mark: '40 min', due: moment(began.infusing + 2400) },
              { mark: 'stop' },
              { mark: 'leaving' },
            ],
          },
        }
      : {}),
    feeds: [
      {
        source: SOURCE,
        bed: 'BED-01',
        says: trouble === 'conflict' ? 'patient' : 'same',
        patient: trouble === 'conflict' ? 'MRN-001187' : patient.id,
        name: trouble === 'conflict' ? 'Dole, Janet' : patient.name,
        device: 'Mindray 00A037',
        withheld: trouble === 'conflict' ? 184 : 0,
        since: moment(-184),
      },
    ],
  }
  const limit = (kind, level, value, allowed, s) => ({ notice: kind, level, value, limit: allowed, since: moment(s) })
  const seen = (it) => (trouble === 'seen' ? { ...it, seenBy: BY, quietUntil: moment(100) } : it)
  const limits = ['notices', 'seen'].includes(trouble)
    ? [limit('spo2', 'urgent', '88', '90', -24), limit('systolic', 'look', '163', '160', -190)].map(seen)
    : over
      ? [limit('cuff', 'look', '3 min', '10 min', -60)]
      : []
  const quarantined = trouble === 'conflict'
  const marks = (s) => [{ chair: '1', head: seq, recorded: seq, recordedWallUs: moment(s - 0.4).wallUs }]
  return {
    hello: () => ({
      kind: 'hello',
      wire: 1,
      version: '0.1.0',
      run: 'run-1',
      boot: 'boot-1',
      zone: 'America/New_York',
      now: moment(0),
    }),
    roster: () => ({
      kind: 'roster',
      chairs: [
        { id: '1', name: 'Chair 1' },
        { id: '2', name: 'Chair 2' },
      ],
      feeds: [],
    }),
    clinic: () => ({ kind: 'clinic', clinic: { ...CLINIC, testing: test ? ['1'] : [] } }),
    session: () => ({ kind: 'session', chair: '1', session }),
    notices: () => ({ kind: 'notices', chair: '1', notices: limits }),
    snapshot: (s) => ({
      kind: 'snapshot',
      chair: '1',
      head: seq,
      now: moment(s),
      latest: quarantined ? [link] : phase === 'planned' ? [] : [...newest.values(), link, ...notices],
      every: phase === 'planned' ? [] : [{ source: SOURCE, everyUs: S }],
    }),
    history: () => ({ kind: 'history', chair: '1', items: quarantined ? [] : items, through: seq, done: true }),
    items: (s) =>
      end < 0 || quarantined || phase === 'planned'
        ? undefined
        : { kind: 'items', chair: '1', now: moment(s), items: values(s) },
    beat: (s, recording = { ok: true }) => ({ kind: 'beat', now: moment(s), recording, marks: marks(s) }),
    moment,
  }
}
