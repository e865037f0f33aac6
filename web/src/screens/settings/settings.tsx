/**
 * Settings, one part at a time; which one stands in the address. Browser tests read: `[data-part]`,
 * `[data-outcome="done|refused"]`, and what the parts list.
 */
import { useState } from 'preact/hooks'
import '../../styles/settings.css'
import { may } from '../../access'
import type { Outbox } from '../../feed/outbox'
import { text, word } from '../../format/text'
import type { Right } from '../../model/access'
import type { State } from '../../model/state'
import { follow, go, write } from '../../route'
import { Clock, Life } from '../../ui/frame'
import { lazy } from '../../ui/lazy'
import { namesAreTyped, person } from '../../ui/person'
import type { OfMine } from '../access/my_account'
import { By } from './by'
import { type Changing, Leaving, PublicNames, Staff } from './clinic'
import { changeClinic, type Outcome } from './deeds'
import { Limits } from './limits'
import type { Doing } from './parts'
import { Room } from './room'
import { ThisScreen } from './screen'
import { Templates } from './templates'
import { TestMode } from './test'

const PARTS = [
  'room',
  'templates',
  'staff',
  'leaving',
  'limits',
  'test',
  'screen',
  'accounts',
  'displays',
  'me',
] as const
type Part = (typeof PARTS)[number]

/** The right that a part takes; none where everybody has it. */
const TAKES: Readonly<Record<Part, Right | undefined>> = {
  room: 'rooms',
  templates: 'settings',
  staff: 'settings',
  leaving: 'settings',
  limits: 'settings',
  test: 'settings',
  screen: undefined,
  accounts: 'accounts',
  displays: 'administer',
  me: undefined,
}

/** Parts about accounts: there are none while names are typed. */
const OF_ACCOUNTS: readonly Part[] = ['accounts', 'displays', 'me']

function offers(part: Part): boolean {
  const takes = TAKES[part]
  if (OF_ACCOUNTS.includes(part) && namesAreTyped.value) return false
  return takes === undefined || may(takes)
}

/** The part that was asked for, where it is offered, else the first that is. */
const partOf = (asked: string | undefined): Part =>
  PARTS.find((part) => part === asked && offers(part)) ?? PARTS.find(offers) ?? 'screen'

const Accounts = lazy<{ readonly zone: string }>(async () => (await import('../access/accounts')).Accounts)
const Tokens = lazy<{ readonly zone: string }>(async () => (await import('../access/tokens')).Tokens)
const Displays = lazy<{ readonly zone: string }>(async () => (await import('../access/displays')).Displays)
const MyAccount = lazy<OfMine>(async () => (await import('../access/my_account')).MyAccount)

interface Props {
  readonly state: State
  readonly part?: string | undefined
  readonly outbox: Outbox
}

export function Settings({ state, part: asked, outbox }: Props) {
  const [told, setTold] = useState<Outcome | undefined>()
  const [busy, setBusy] = useState(false)
  const part = partOf(asked)
  const doing: Doing = async (deed) => {
    setBusy(true)
    setTold(undefined)
    const became = await deed()
    setTold(became)
    setBusy(false)
    return became.ok
  }
  return (
    <>
      <header class="top">
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {text.back}
        </a>
        <h1>{text.settings}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <Clock state={state} />
        <a class="button" href="/health" onClick={follow(() => go({ at: 'health' }))}>
          {text.toHealth}
        </a>
        <a class="button" href="/ehr" onClick={follow(() => go({ at: 'ehr' }))}>
          {text.toEhr}
        </a>
        {!namesAreTyped.value && may('audit') && (
          <a class="button" href="/audit" onClick={follow(() => go({ at: 'audit' }))}>
            {text.audit}
          </a>
        )}
        {may('sources') && (
          <a class="button" href="/sources" onClick={follow(() => go({ at: 'sources' }))}>
            {text.sources}
          </a>
        )}
      </header>
      <main class="settings" data-part={part}>
        <Parts part={part} leave={() => setTold(undefined)} />
        <div class="outcome" role="status">
          {told !== undefined && (
            <p class={told.ok ? 'told' : 'told refused'} data-outcome={told.ok ? 'done' : 'refused'}>
              {told.message}
            </p>
          )}
        </div>
        {part === 'accounts' ? (
          <>
            <Accounts zone={state.zone} />
            {may('administer') && <Tokens zone={state.zone} />}
          </>
        ) : part === 'displays' ? (
          <Displays zone={state.zone} />
        ) : part === 'me' ? (
          <MyAccount outbox={outbox} zone={state.zone} />
        ) : state.roster === undefined ? (
          <p class="empty-screen">{text.connecting}</p>
        ) : (
          <fieldset class="all" disabled={busy}>
            {part === 'room' && <Room {...state.roster} doing={doing} />}
            {part === 'screen' && <ThisScreen state={state} />}
            {part !== 'room' && part !== 'screen' && <OfClinic key={part} part={part} state={state} doing={doing} />}
          </fieldset>
        )}
      </main>
    </>
  )
}

function Parts({ part, leave }: { readonly part: Part; leave(): void }) {
  return (
    <nav class="parts" aria-label={text.settings}>
      {PARTS.filter(offers).map((each) => {
        const to = { at: 'settings', part: each } as const
        const open = () => {
          leave()
          go(to)
        }
        return (
          <a
            key={each}
            class="button"
            href={write(to)}
            aria-current={each === part ? 'page' : undefined}
            onClick={follow(open)}
          >
            {text.clinic.parts[each]}
          </a>
        )
      })}
    </nav>
  )
}

/** The parts that belong to the clinic: nothing can be changed before somebody said who they are. */
function OfClinic({ part, state, doing }: { readonly part: Part; readonly state: State; readonly doing: Doing }) {
  const by = person.value
  const { clinic } = state
  if (clinic === undefined) return <p class="empty-screen">{text.clinic.none}</p>
  const changing: Changing = async (change, what) =>
    by !== undefined && (await doing(() => changeClinic(by, change, what)))
  const props = { clinic, changing }
  return (
    <div class="column">
      <By staff={clinic.staff} />
      <fieldset class="all" disabled={by === undefined} aria-describedby="by-do">
        {part === 'templates' && <Templates {...props} />}
        {part === 'staff' && <Staff {...props} />}
        {part === 'staff' && <PublicNames {...props} />}
        {part === 'leaving' && <Leaving key={clinic.readiness.join('\n')} {...props} />}
        {part === 'limits' && <Limits {...props} />}
        {part === 'test' && <TestMode {...props} chairs={state.roster?.chairs ?? []} />}
      </fieldset>
    </div>
  )
}

/** The name of a part, for whoever leads to it. */
export const partName = (part: string) => word(text.clinic.parts, part)
