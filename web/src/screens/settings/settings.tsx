/**
 * Settings, one part at a time; which one stands in the address. Browser tests read: `[data-part]`,
 * `[data-outcome="done|refused"]`, and what the parts list.
 */
import { useState } from 'preact/hooks'
import '../../styles/settings.css'
import { text, word } from '../../format/text'
import type { State } from '../../model/state'
import { follow, go, write } from '../../route'
import { Clock, Life } from '../../ui/frame'
import { person } from '../../ui/person'
import { By } from './by'
import { type Changing, Leaving, PublicNames, Staff } from './clinic'
import { changeClinic, type Outcome } from './deeds'
import { Limits } from './limits'
import type { Doing } from './parts'
import { Room } from './room'
import { ThisScreen } from './screen'
import { Templates } from './templates'
import { TestMode } from './test'

const PARTS = ['room', 'templates', 'staff', 'leaving', 'limits', 'test', 'screen'] as const
type Part = (typeof PARTS)[number]

const partOf = (asked: string | undefined): Part => PARTS.find((part) => part === asked) ?? 'room'

export function Settings({ state, part: asked }: { readonly state: State; readonly part?: string | undefined }) {
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
        <a class="button" href="/sources" onClick={follow(() => go({ at: 'sources' }))}>
          {text.sources}
        </a>
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
        {state.roster === undefined ? (
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
      {PARTS.map((each) => {
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
