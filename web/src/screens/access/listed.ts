/** A list of the server's, and what was last done to it. */
import { useEffect, useState } from 'preact/hooks'
import type { Answered } from './ask'

export interface Told {
  readonly ok: boolean
  readonly message: string
}

export function useListed<T>(load: () => Promise<Answered<T>>) {
  const [list, setList] = useState<T>()
  const [told, tell] = useState<Told>()
  const [busy, setBusy] = useState(false)
  const again = async () => {
    const answer = await load()
    if (answer.ok) setList(answer.value)
    else tell({ ok: false, message: answer.message })
  }
  useEffect(() => void again(), [])
  /** Does something, says what became of it and shows the list as it is then. */
  const doing = async <A>(deed: () => Promise<Answered<A>>, says: string): Promise<A | undefined> => {
    setBusy(true)
    tell(undefined)
    const answer = await deed()
    tell({ ok: answer.ok, message: answer.ok ? says : answer.message })
    if (answer.ok) await again()
    setBusy(false)
    return answer.ok ? answer.value : undefined
  }
  return { list, told, busy, doing, again }
}
