/**
 * What stands on every screen: banners, the sign of life, the clock, the footer. Browser tests read: `[data-banner]`
 * (`not-recording`, `behind`, `outdated`, `new-version`, `down`; `not-receiving` belongs to the watchdog), `[data-recorded]`, `[data-life]`.
 */
import { text } from '../format/text'
import { age, clock } from '../format/time'
import { lagMs } from '../model/clock'
import type { State } from '../model/state'
import { behind, type Recorded, reception } from '../model/view'

/** Four steps that advance with received frames and with nothing else (H04). */
export function Life({ frames }: { readonly frames: number }) {
  const at = frames % 4
  return (
    <span class="life" data-life={at} role="img" aria-label={text.live}>
      {[0, 1, 2, 3].map((n) => (
        <span key={n} class={n === at ? 'on' : ''} />
      ))}
    </span>
  )
}

/** The clinic's clock, as the server says it: it stands still, and then goes, when frames stop. */
export function Clock({ state }: { readonly state: State }) {
  const known = state.clock !== undefined && reception(state) === 'ok'
  return <span class="clock">{known && state.clock ? clock(state.clock.now.wallUs, state.zone) : '--:--:--'}</span>
}

export function Banners({
  state,
  outdated,
  waiting,
}: {
  readonly state: State
  readonly outdated: boolean
  readonly waiting: boolean
}) {
  const { recording, zone } = state
  const since = recording?.sinceWallUs
  return (
    <>
      {recording !== undefined && !recording.ok && (
        <div class="banner look" data-banner="not-recording" role="alert">
          {text.notRecording(since === undefined ? '' : clock(since, zone), recording.reason ?? '')}
        </div>
      )}
      {behind(state) && state.clock !== undefined && (
        <div class="banner look" data-banner="behind" role="alert">
          {text.behind(age(lagMs(state.clock) * 1000))}
        </div>
      )}
      {outdated && (
        <div class="banner look" data-banner="outdated" role="alert">
          {text.outdated}
        </div>
      )}
      {waiting && (
        <div class="banner info" data-banner="new-version" role="status">
          {text.newVersionWaits}
        </div>
      )}
      {state.connection === 'down' && reception(state) !== 'ok' && (
        <div class="banner trouble" data-banner="down" role="status">
          {text.down(state.downReason)}
        </div>
      )}
    </>
  )
}

export function RecordedTo({ recorded, zone }: { readonly recorded: Recorded; readonly zone: string }) {
  const time = (wallUs: number | undefined) => (wallUs === undefined ? '' : clock(wallUs, zone))
  const says =
    recorded.is === 'to'
      ? text.recordedTo(time(recorded.wallUs))
      : recorded.is === 'nothing'
        ? text.recordedNothing
        : recorded.is === 'failing'
          ? // The banner above says why.
            text.notRecording(time(recorded.sinceWallUs), '')
          : text.recordedUnknown(time(recorded.wallUs))
  return (
    <span class={`recorded r-${recorded.is}`} data-recorded={recorded.is}>
      {says}
    </span>
  )
}

export function Footer({ children }: { readonly children?: preact.ComponentChildren }) {
  return (
    <footer>
      <strong>{text.footer}</strong>
      <span class="footer-more">{children}</span>
    </footer>
  )
}
