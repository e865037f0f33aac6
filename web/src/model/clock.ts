/**
 * Ages from two clocks of the browser. A reading's age is a difference of the server's monotonic times, so the
 * browser's own time of day never matters; between two frames it grows by whichever local clock ran further, because
 * one of them may have stood still (a suspended machine) and the other may have been set. Too old is safe (H03).
 */
import type { Moment } from '../wire/wire'

/** One moment on both clocks of the browser. */
export interface Instant {
  /** `performance.now()`: never set, but some systems stop it while they sleep. */
  readonly perfMs: number
  /** `Date.now()`: runs through sleep, but people and NTP set it. */
  readonly dateMs: number
}

/** Time between two instants by the clock that ran further, in milliseconds; never negative. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.perfMs - from.perfMs, to.dateMs - from.dateMs, 0)
}

/**
 * How much the browser's steady clock may run faster than the server's. The estimate of the server's time forgets at
 * this rate what a quick frame once proved; real clocks stay within 0.1 ms per second.
 */
const DRIFT_MS_PER_MS = 0.0005

/** What is known of the server's clock. */
export interface ServerClock {
  /** Server time in the last frame, and when it came. */
  readonly now: Moment
  readonly at: Instant
  /** The frame of this connection that took the least time: frames that queued up cannot make the server look earlier. */
  readonly best: { readonly monoUs: number; readonly perfMs: number }
}

function bestUs(best: ServerClock['best'], perfMs: number): number {
  return best.monoUs + (perfMs - best.perfMs) * 1000 * (1 - DRIFT_MS_PER_MS)
}

/** The clock after a frame. `fresh` forgets the connection before: its frames say nothing about this one. */
export function heard(clock: ServerClock | undefined, now: Moment, at: Instant, fresh: boolean): ServerClock {
  const best =
    clock === undefined || fresh || now.monoUs >= bestUs(clock.best, at.perfMs)
      ? { monoUs: now.monoUs, perfMs: at.perfMs }
      : clock.best
  return { now, at, best }
}

/** The server's monotonic time now, in microseconds; the latest that the clocks allow. */
export function serverMonoUs(clock: ServerClock, now: Instant): number {
  const since = clock.now.monoUs + elapsedMs(clock.at, now) * 1000
  return Math.max(since, bestUs(clock.best, now.perfMs))
}

/** How long the last frame had been under way when it came, beyond the quickest one, in milliseconds. */
export function lagMs(clock: ServerClock): number {
  return Math.max(0, (bestUs(clock.best, clock.at.perfMs) - clock.now.monoUs) / 1000)
}
