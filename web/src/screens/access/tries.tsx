/** What became of a try to sign in, in words; a wait counts down. Browser tests read `[data-try]`. */
import { useEffect, useState } from 'preact/hooks'
import type { Try } from '../../feed/gate'
import { a } from './words'

/** A try on its way and the last one's outcome. */
export function useTries(): {
  readonly busy: boolean
  readonly last: Try | undefined
  /** Tries; the answer is what became of it. */
  run(attempt: () => Promise<Try>): Promise<Try>
  clear(): void
} {
  const [busy, setBusy] = useState(false)
  const [last, setLast] = useState<Try>()
  const waits = last?.is === 'wait' ? last.seconds : 0
  useEffect(() => {
    if (waits <= 0) return
    const timer = setTimeout(() => setLast(waits > 1 ? { is: 'wait', seconds: waits - 1 } : undefined), 1000)
    return () => clearTimeout(timer)
  }, [waits])
  const run = async (attempt: () => Promise<Try>) => {
    setBusy(true)
    setLast(undefined)
    const became = await attempt()
    setBusy(false)
    setLast(became)
    return became
  }
  return { busy: busy || waits > 0, last, run, clear: () => setLast(undefined) }
}

export function saysOf(it: Try, wrong: string): string {
  switch (it.is) {
    case 'in':
      return ''
    case 'wrong':
      return wrong
    case 'code':
      return a.codeDo
    case 'full':
      return a.fullNeeded
    case 'noAnswer':
      return a.noAnswer
    case 'wait':
      return a.wait(it.seconds)
    case 'refused':
      return a.refused(it.message)
    default:
      return it satisfies never
  }
}

export function Tried({ last, wrong = a.wrong }: { readonly last: Try | undefined; readonly wrong?: string }) {
  return (
    <div role="alert" class="tried" data-try={last?.is}>
      {last !== undefined && last.is !== 'in' && <p class="wrong">{saysOf(last, wrong)}</p>}
    </div>
  )
}

/** What a way of signing in is given. */
export interface WayProps {
  readonly tries: ReturnType<typeof useTries>
  attempt(it: () => Promise<Try>): Promise<boolean>
}
