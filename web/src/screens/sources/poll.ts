/** Asks again and again while a part of the page is there: a second after each answer, never two questions at once. */
import { useEffect } from 'preact/hooks'

const EVERY_MS = 1000
/** An answer that takes longer counts as none; the server gives itself 10 s. */
const PATIENCE_MS = 5000

/** Runs `ask` while mounted, anew when one of `when` changes. `ask` says itself what its answer or failure means. */
export function usePoll(ask: (signal: AbortSignal) => Promise<void>, when: readonly unknown[]): void {
  useEffect(() => {
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      await ask(AbortSignal.any([left.signal, AbortSignal.timeout(PATIENCE_MS)]))
      if (!left.signal.aborted) timer = setTimeout(run, EVERY_MS)
    }
    void run()
    return () => {
      left.abort()
      clearTimeout(timer)
    }
  }, when)
}
