// A constructed clinic as the server would tell of it: chairs, sessions, monitors. Pure: the same clinic for the same seed
// and times. `session.mjs` records pictures of it, `bench.mjs` plays it live.

const S = 1e6
const UNITS = { nibp: 'mm[Hg]', spo2: '%' }
/** Aliases as a clinic gives them: nobody's name. */
const ALIASES = [
  'Heron',
  'Maple',
  'Otter',
  'Birch',
  'Swift',
  'Cedar',
  'Finch',
  'Aspen',
  'Robin',
  'Hazel',
  'Wren',
  'Rowan',
]

/** What a chair of the clinic can be. */
export const KINDS = [
  'infusing',
  'observing',
  'baseline',
  'paused',
  'ready',
  'checked in',
  'planned',
  'cleaning',
  'empty',
  'free',
]

const NEXT = {
  planned: ['checked in', 'cancelled'],
  'checked in': ['baseline', 'cancelled'],
  baseline: ['infusing', 'cancelled'],
  infusing: ['paused', 'observing'],
  paused: ['infusing', 'observing'],
  observing: ['ready'],
  ready: ['discharged'],
  discharged: [],
}

/**
 * A clinic whose second 0 is `start` (microseconds on both clocks). `kinds` has one entry a chair; `troubles` names for a
 * chair, by its number, what is the matter with it: `lost absent doubtful late notice urgent seen look`.
 */
export function clinic({ kinds, start, seed = 7, zone = 'Europe/Berlin', everyS = 1, troubles = {} }) {
  let state = seed
  const chance = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  let seq = 1000
  const next = () => {
    seq += 1
    return seq
  }
  const moment = (s) => ({
    monoUs: start.monoUs + Math.round(s * S),
    wallUs: start.wallUs + Math.round(s * S),
  })
  const reading = (n, vital, at, more) => ({
    is: 'reading',
    seq: next(),
    source: `monitor-${n + 1}`,
    vital,
    state: 'valid',
    unit: UNITS[vital] ?? '/min',
    synthetic: false,
    at: moment(at),
    received: moment(at),
    ...more,
  })

  /** Values that wander as a patient's do. */
  function values(n, at) {
    if (['empty', 'planned'].includes(kinds[n])) return []
    const trouble = troubles[n + 1]
    const arc = Math.sin(Math.min(1, Math.max(0, (at + 1500) / 2700)) * Math.PI)
    const hr = Math.round(68 + (n % 5) * 4 + 16 * arc + 3 * Math.sin(at / 23 + n) + 1.3 * Math.sin(at * 0.9 + n))
    const spo2 = Math.round(98 - (n % 3) - (Math.sin(at / 190 + n) > 0.9 ? 3 : 0) + Math.sin(at / 31 + n) / 2)
    const off = { state: 'absent', reason: 'sensor off' }
    const saturation =
      trouble === 'absent'
        ? off
        : trouble === 'doubtful'
          ? { value: String(spo2 - 6), state: 'questionable', reason: 'motion' }
          : { value: String(spo2) }
    return [
      reading(n, 'heart_rate', at, { origin: 'ecg', value: String(hr) }),
      reading(n, 'spo2', at, { origin: 'pleth', ...saturation }),
    ]
  }

  function cuff(n, at) {
    const arc = Math.sin(Math.min(1, Math.max(0, (at + 1500) / 2700)) * Math.PI)
    const systolic = Math.round(118 + (n % 7) * 4 + 20 * arc + chance() * 4)
    const diastolic = Math.round(72 + (n % 5) * 3 + 11 * arc + chance() * 3)
    const mean = Math.round((systolic + 2 * diastolic) / 3)
    const digits = { systolic: String(systolic), diastolic: String(diastolic), mean: String(mean) }
    return reading(n, 'nibp', at, { origin: 'cuff', ...digits })
  }

  const chairs = kinds.map((_, n) => ({ id: String(n + 1), name: `Chair ${n + 1}` }))
  const cuffAt = (n) => -40 - 47 * (n % 6)
  /** The last that a lost monitor said. */
  const endOf = (n) => (troubles[n + 1] === 'lost' ? -75 : troubles[n + 1] === 'late' ? -5 : 0)

  function session(n) {
    const kind = kinds[n]
    if (kind === 'empty' || kind === 'free') return undefined
    const phase = kind === 'cleaning' ? 'discharged' : kind
    const alias = ALIASES[n % ALIASES.length]
    const by = { name: 'Ada Nurse', role: 'nurse' }
    const kept = (at, act, more) => ({
      seq: next(),
      received: moment(at),
      wallUs: moment(at).wallUs,
      late: false,
      by,
      act,
      undone: false,
      ...more,
    })
    const begun = ['infusing', 'paused', 'observing', 'ready', 'discharged'].includes(phase)
    const startedAt = -(300 + 137 * (n % 9))
    const acts = begun
      ? [
          kept(startedAt, { is: 'moved', to: 'infusing', reason: '' }),
          kept(-260 + 17 * (n % 5), {
            is: 'entry',
            entry: n % 4 === 3 ? 'rass' : 'sedation',
            score: n % 4 === 3 ? -1 : 5 - (n % 2),
            text: '',
          }),
          kept(-30, { is: 'entry', entry: 'sedation', score: 1, text: '' }, { undone: true }),
        ]
      : []
    return {
      id: `${n + 1}-1`,
      patient: { id: `TEST-${1001 + n}`, name: `Doe, ${alias}`, born: '1980-02-29', alias },
      plan: {
        template: 'IV 40 min',
        number: 1 + (n % 6),
        of: 8,
        infusionMin: 40,
        cuffInfusingMin: 10,
        cuffObservingMin: 15,
        observeMin: 60,
      },
      nurse: by,
      phase,
      next: NEXT[phase],
      phaseSince: moment(begun ? startedAt : -120),
      from: 1,
      opened: moment(kind === 'planned' ? -60 : -1750),
      ...(begun ? { started: moment(startedAt) } : {}),
      baseline: [],
      acts,
      ...(begun && phase !== 'discharged'
        ? {
            schedule: {
              cuffDue: moment(cuffAt(n) + (n % 6 === 5 ? 200 : 600)),
              cuffEveryS: 600,
              assessDue: moment(420),
              marks: [],
            },
          }
        : {}),
    }
  }

  return {
    chairs,
    values,
    hello: () => ({ kind: 'hello', wire: 1, version: '0.1.0', run: 'run-1', boot: 'boot-1', zone, now: moment(0) }),
    roster: () => ({ kind: 'roster', chairs, feeds: [] }),
    snapshot(n, at) {
      const end = Math.min(at, at + endOf(n))
      const wired = !['empty', 'planned'].includes(kinds[n])
      const lost = troubles[n + 1] === 'lost'
      const link = {
        is: 'link',
        seq: next(),
        source: `monitor-${n + 1}`,
        state: lost ? 'lost' : 'live',
        reason: lost ? 'The serial port is gone: check its cable; it is opened again by itself.' : 'frames arrive',
        since: moment(lost ? end : -3000),
      }
      const notice = {
        is: 'notice',
        seq: next(),
        source: link.source,
        text: 'SpO2 LOW LIMIT',
        priority: 'high',
        received: moment(at - 4),
      }
      const latest = wired
        ? [...values(n, end), cuff(n, cuffAt(n)), link, ...(troubles[n + 1] === 'notice' ? [notice] : [])]
        : []
      const every = wired ? [{ source: link.source, everyUs: everyS * S }] : []
      return { kind: 'snapshot', chair: chairs[n].id, head: seq, now: moment(at), latest, every }
    },
    /** The last half hour, a point every `stepS`; monitors of the pictures are said to send that seldom. */
    history(n, stepS) {
      const items = []
      for (let at = -1800; at <= endOf(n); at += stepS) items.push(...values(n, at))
      return { kind: 'history', chair: chairs[n].id, items, through: seq, done: true }
    },
    session: (n) => ({ kind: 'session', chair: chairs[n].id, ...(session(n) && { session: session(n) }) }),
    /** The clinic's limit notices of a chair; undefined where it has none. */
    notices(n, at) {
      const seen = { seenBy: { name: 'Ada Nurse', role: 'nurse' }, quietUntil: moment(at + 100) }
      const spo2 = { notice: 'spo2', level: 'urgent', value: '88', limit: '90', since: moment(at - 24) }
      const cuffs = { notice: 'cuff', level: 'look', value: '3 min', limit: '10 min', since: moment(at - 70) }
      const found = { urgent: [spo2, cuffs], seen: [{ ...spo2, ...seen }], look: [cuffs] }[troubles[n + 1]]
      return found && { kind: 'notices', chair: chairs[n].id, notices: found }
    },
    items: (n, at) => ({ kind: 'items', chair: chairs[n].id, now: moment(at), items: values(n, at) }),
    beat: (at) => ({
      kind: 'beat',
      now: moment(at),
      recording: { ok: true },
      marks: chairs.map(({ id }) => ({ chair: id, head: seq, recorded: seq, recordedWallUs: moment(at - 0.4).wallUs })),
    }),
  }
}
