/** A session in one line: who, which one, where it stands, T+. Pure; the words are the server's. */
import { serverMonoUs } from './clock'
import type { ChairState, State } from './state'

export interface SessionLine {
  readonly id: string
  /** Two identifiers, as the clinic wrote them. */
  readonly patient: string
  readonly number: string
  readonly phase: string
  /** Since T+0, `0:12:33`; empty before it. The clock of a session never stops by itself. */
  readonly elapsed: string
}

/** The open session of a chair; `undefined` while nobody has it. */
export function sessionLine(state: State, chair: ChairState | undefined): SessionLine | undefined {
  const session = chair?.session
  if (session === undefined || session.next.length === 0) return undefined
  const { patient, plan, phase, started } = session
  return {
    id: session.id,
    patient: `${patient.name}, ${patient.born}, ${patient.id}`,
    number: plan.of === undefined ? `session ${plan.number}` : `session ${plan.number} of ${plan.of}`,
    phase,
    elapsed:
      started === undefined || state.clock === undefined
        ? ''
        : elapsed(serverMonoUs(state.clock, state.now) - started.monoUs),
  }
}

/** `0:12:33`; a start that lies ahead, by clocks that differ, is 0. */
export function elapsed(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1e6))
  const two = (n: number) => String(n).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
