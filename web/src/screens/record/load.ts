/** A record on its way to the page: opened in somebody's name, its series beside it. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import {
  columnsOf,
  intervals,
  type LimitSpan,
  limitLevels,
  type RecordColumn,
  recordSession,
} from '../../charts/record'
import type { Material } from '../../charts/series'
import type { Span } from '../../charts/span'
import type { State } from '../../model/state'
import { orderOf } from '../../model/view'
import { person } from '../../ui/person'
import type { Person, SessionRecord, SessionSeries, SessionStood } from '../../wire/wire'
import { openRecord, seriesOf, stoodOf } from './ask'

export interface Loaded {
  readonly record: SessionRecord
  readonly series: SessionSeries
  /** What stood beside the values: for playing it again only. */
  readonly stood?: SessionStood
}

export type Loading =
  | { readonly is: 'nobody' }
  | { readonly is: 'loading' }
  | { readonly is: 'failed'; readonly message: string }
  | ({ readonly is: 'here' } & Loaded)

/** Opens a record as soon as somebody said who it is; `again` opens it anew after something was added, and says what stood in the way. */
export function useLoaded(id: string, did?: 'replayed'): { readonly loading: Loading; again(): Promise<string> } {
  const [loading, setLoading] = useState<Loading>({ is: person.peek() === undefined ? 'nobody' : 'loading' })
  const by = person.value
  const key = by && `${by.name} ${by.role}`
  useEffect(() => {
    if (by === undefined) return
    let left = false
    setLoading({ is: 'loading' })
    void load(id, by, did).then(async (found) => {
      if (!left) setLoading(found)
      if (left || found.is !== 'here' || found.record.first !== true) return
      await painted()
      const all = await rest(id, by, found)
      if (!left) setLoading(all)
    })
    return () => {
      left = true
    }
  }, [id, key])
  const again = async () => {
    const now = person.peek()
    if (now === undefined || loading.is !== 'here') return ''
    const record = await openRecord(id, now, did)
    if (!record.ok) return record.message
    setLoading({ ...loading, record: record.value })
    return ''
  }
  return { loading, again }
}

/**
 * All at once; without the record, which says who looked, nothing of the series is shown. The chart does not wait for the
 * figures: they are asked for when it is painted. A replay shows limits and notices from its start.
 */
async function load(id: string, by: Person, did: 'replayed' | undefined): Promise<Loading> {
  const asked = did === 'replayed' ? stoodOf(id) : undefined
  const [record, series, stood] = await Promise.all([openRecord(id, by, did, did === undefined), seriesOf(id), asked])
  if (!record.ok) return { is: 'failed', message: record.message }
  if (!series.ok) return { is: 'failed', message: series.message }
  if (stood?.ok === false) return { is: 'failed', message: stood.message }
  return {
    is: 'here',
    record: record.value,
    series: series.value,
    ...(stood === undefined ? {} : { stood: stood.value }),
  }
}

/** The figures of a record whose chart is there. Its acts stay the same objects, or the chart would be made anew. */
async function rest(id: string, by: Person, { record: first, series }: Loaded): Promise<Loading> {
  const all = await openRecord(id, by)
  if (!all.ok) return { is: 'failed', message: all.message }
  const same = all.value.session.acts.length === first.session.acts.length
  return { is: 'here', series, record: same ? { ...all.value, session: first.session } : all.value }
}

/** When the next picture is on the screen; a page that is not looked at has none. */
const UNSEEN_MS = 500
const painted = () =>
  Promise.race([
    new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done))),
    new Promise<void>((done) => setTimeout(done, UNSEEN_MS)),
  ])

/** What the chart of a record is drawn from. */
export interface Drawing {
  readonly columns: readonly RecordColumn[]
  readonly material: Material
  readonly limits: ReturnType<typeof limitLevels>
  /** The whole session and a little on both sides. */
  readonly whole: Span
}

/** Of the session's length that is left free on both sides, and at least. */
const MARGIN = 0.01
const MARGIN_S = 20

export function useDrawing({ record, series }: Loaded, state: State): Drawing {
  const columns = useMemo(() => columnsOf(series), [series])
  const { session, limits, begin, end, chair } = record
  const sources = useMemo(() => {
    const every = intervals(columns)
    return {
      links: [],
      everyUs: (source: string) => (every.get(source) ?? 1) * 1e6,
      order: (vital: string) => orderOf(state, chair, vital),
    }
  }, [columns, chair])
  const material = useMemo(() => ({ columns, sources, session: recordSession(session) }), [columns, sources, session])
  const levels = useMemo(() => limitLevels(limits.map((it) => limitSpan(it, end.wallUs))), [limits, end.wallUs])
  const margin = Math.max(MARGIN_S, (MARGIN * (end.wallUs - begin.wallUs)) / 1e6)
  const whole = useMemo(
    () => ({ from: begin.wallUs / 1e6 - margin, to: end.wallUs / 1e6 + margin }),
    [begin.wallUs, end.wallUs],
  )
  return { columns, material, limits: levels, whole }
}

const limitSpan = ({ notice, limit, raised, over }: SessionRecord['limits'][number], endUs: number): LimitSpan => ({
  notice,
  limit,
  from: raised.wallUs / 1e6,
  to: (over?.wallUs ?? endUs) / 1e6,
})
