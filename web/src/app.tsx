/** Which screen stands where, and the keys that work on all of them. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Outbox } from './feed/outbox'
import { text } from './format/text'
import { go, route } from './route'
import { Live } from './screens/live/live'
import { Settings } from './screens/settings/settings'
import type { Ask } from './screens/sources/ask'
import { Sources } from './screens/sources/sources'
import { Wall } from './screens/wall/wall'
import type { Store } from './store'
import { theme } from './theme'
import { Banners, Footer } from './ui/frame'

/** The server speaks another wire and a reload has not helped yet. */
export const outdated = signal(false)

interface Props {
  readonly store: Store
  readonly outbox: Outbox
  /** Name of the recorded session, when this is one. */
  readonly replay: string | undefined
  readonly ask: Ask
  painted(): void
}

export function App({ store, outbox, replay, ask, painted }: Props) {
  const state = store.value
  const at = route.value
  // After every paint: the watchdog takes the digits away when this stops.
  useEffect(painted)
  return (
    <div class={`screen screen-${at.at}`} key={theme.value}>
      {replay !== undefined && <aside class="stripe">{text.replay(replay)}</aside>}
      <Banners state={state} outdated={outdated.value} />
      {at.at === 'wall' && <Wall state={state} trends={store.trends} />}
      {at.at === 'live' && (
        <Live
          key={at.chair}
          state={state}
          trends={store.trends}
          id={at.chair}
          outbox={outbox}
          sequences={store.sequences}
        />
      )}
      {at.at === 'sources' && <Sources state={state} ask={ask} open={at.source} />}
      {at.at === 'settings' && <Settings state={state} part={at.part} />}
      <Footer>{state.server !== undefined && text.version(state.server.version)}</Footer>
    </div>
  )
}

/** 1 to 9 open a chair by its place in the room, Esc leads back. Not while somebody types. */
export function key(event: KeyboardEvent, store: Store): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  const typing = event.target instanceof HTMLElement && event.target.closest('input, select, textarea') !== null
  if (typing) return
  if (event.key === 'Escape') go({ at: 'wall' })
  const place = /^[1-9]$/.test(event.key) ? Number(event.key) : 0
  const chair = store.newest.roster?.chairs[place - 1]
  if (chair !== undefined) go({ at: 'live', chair: chair.id })
}
