/** What every part of the chair's screen needs: how the session stands, what was done, and the one way to do something. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { gate } from '../../access'
import type { Outbox } from '../../feed/outbox'
import { newKey } from '../../feed/post'
import type { Sequences } from '../../feed/sequences'
import { now } from '../../feed/socket'
import type { Right } from '../../model/access'
import { serverMonoUs } from '../../model/clock'
import { type Line, linesOf } from '../../model/lines'
import { next, type Press, type Queued, unsent } from '../../model/outbox'
import { type Standing, standing } from '../../model/standing'
import type { ChairState, State } from '../../model/state'
import { wallUs } from '../../model/view'
import { namesAreTyped, person } from '../../ui/person'
import type { Act, Person } from '../../wire/wire'

/** What stands beside the trend in place of the tabs. */
export type Sheet =
  | { readonly is: 'entry'; readonly kind: string }
  | { readonly is: 'why'; readonly ask: Why }
  | { readonly is: 'clinician'; readonly title: string; answer(by: Person): void }
  | ({ readonly is: 'person' } & WhoAsks)
  | { readonly is: 'typed'; readonly vital?: string }
  | { readonly is: 'conflict'; readonly source: string; readonly bed: string }
  | { readonly is: 'start' | 'artefact' | 'limits' | 'help' | 'effects' | 'assess' | 'more' }

/** Why somebody is asked who they are. */
export interface WhoAsks {
  /** What was pressed goes on under this name; `account` is theirs where the server could not check it. */
  readonly answer?: (person: Person, account?: string) => void
  /** Who may answer: whoever has this right. Their answer is one act: the screen is locked after it. */
  readonly need?: Right
}

export type Tab = 'checkIn' | 'enter' | 'leaving' | 'entries' | 'notices'

/** A question for a reason. */
export interface Why {
  readonly title: string
  readonly hint?: string
  readonly chips: readonly string[]
  /** Only a clinician may decide it. */
  readonly clinician?: boolean
  answer(reason: string, by: Person | undefined): void
}

export interface How {
  /** When it was, if not now, UTC microseconds. */
  readonly atUs?: number | undefined
  /** A person set the time back. */
  readonly late?: boolean
  /** Who, if not the person of this screen. */
  readonly by?: Person | undefined
  /** The account of that person, where nobody could check who it is: it waits for them. */
  readonly account?: string | undefined
}

export interface Bedside {
  readonly state: State
  readonly known: ChairState
  readonly id: string
  readonly standing: Standing | undefined
  /** A session was opened here and the server has not answered yet. */
  readonly opening: boolean
  readonly lines: readonly Line[]
  readonly queue: readonly Queued[]
  readonly outbox: Outbox
  readonly sequences: Sequences
  /** The clinic's time at this very moment, UTC microseconds: when something is pressed. */
  time(): number
  /** The clinic's time as of the last paint. */
  readonly nowUs: number | undefined
  readonly monoUs: number | undefined
  readonly sheet: Sheet | undefined
  show(sheet: Sheet | undefined): void
  /** The chosen tab; absent while nobody chose one in this phase. */
  readonly chosen: Tab | undefined
  tab(tab: Tab): void
  /** Does something in the session; asks who it is first, where nobody said so yet. */
  press(act: Act, how?: How): void
  /** Opens a session, and does what belongs to it from the beginning. */
  begin(opened: Act, then: readonly Act[], by: Person): void
  /** Somebody else than the person of this screen answered for one act: once it is sent, the screen asks who it is. */
  lockWhenSent(): void
}

export function useBedside(
  props: { readonly state: State; readonly id: string; readonly outbox: Outbox; readonly sequences: Sequences },
  known: ChairState,
): Bedside {
  const { state, id, outbox, sequences } = props
  const [sheet, show] = useState<Sheet>()
  const [tab, setTab] = useState<{ readonly tab: Tab; readonly phase: string }>()
  const queue = outbox.queue
  const session = known.session
  const stands = standing(state, known, queue)
  // Of a session that is over nothing is shown: whoever has no session is not named.
  const lines = useMemo(() => linesOf(stands && session, queue, id), [stands === undefined, session, queue, id])
  const nowUs = wallUs(state)
  // A question that stands open for a while is answered at its own time, not at that of its first paint.
  const newest = useRef({ state, stands })
  newest.current = { state, stands }
  const time = () => wallUs({ ...newest.current.state, now: now() }) ?? Date.now() * 1000
  const make = (act: Act, by: Person, how: How): Press => ({
    key: newKey(),
    chair: id,
    by,
    act,
    wallUs: Math.round(how.atUs ?? time()),
    // A time that is not now is said, however soon it is sent.
    pressedMs: how.atUs === undefined ? Date.now() : 0,
    late: how.late ?? false,
    ...accountOf(how),
  })
  const press = (act: Act, how: How = {}) => {
    const by = how.by ?? person.value
    const open = newest.current.stands
    // The time of the press stays, however long it takes to say who it was.
    const at = { ...how, ...(how.atUs === undefined && by === undefined ? { atUs: time() } : {}) }
    if (by === undefined)
      show({ is: 'person', answer: (chosen, account) => press(act, { ...at, by: chosen, account }) })
    else if (open !== undefined) void outbox.press({ ...make(act, by, at), session: open.session.id })
  }
  const begin = (opened: Act, then: readonly Act[], by: Person) => {
    const first = make(opened, by, {})
    void outbox.press(first, ...then.map((act) => ({ ...make(act, by, {}), after: first.key })))
  }
  const [locks, lockWhenSent] = useState(false)
  useEffect(() => {
    if (!locks || next(queue, outbox.sender) !== undefined) return
    lockWhenSent(false)
    gate.lock()
  }, [locks, queue])
  const opening = unsent(queue, id).some((it) => it.act.is === 'opened' && it.is === 'waiting')
  const monoUs = state.clock && serverMonoUs(state.clock, state.now)
  return {
    state,
    known,
    id,
    standing: stands,
    opening: opening && stands === undefined,
    lines,
    queue,
    outbox,
    sequences,
    time,
    nowUs,
    monoUs,
    sheet,
    show,
    // A new phase begins with its own tab.
    chosen: tab?.phase === stands?.phase ? tab?.tab : undefined,
    tab: (it) => {
      show(undefined)
      setTab({ tab: it, phase: stands?.phase ?? '' })
    },
    press,
    begin,
    lockWhenSent: () => lockWhenSent(true),
  }
}

/** The account a press is made under; none where names are typed. */
function accountOf({ account }: How): { readonly account?: string } {
  const id = account ?? (namesAreTyped.peek() ? undefined : gate.me?.person?.id)
  return id === undefined ? {} : { account: id }
}
