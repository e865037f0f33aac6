/** Screens that are loaded when somebody goes there: the wall and the live screen do not wait for them. */
import { type ComponentChildren, type FunctionComponent, h } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { text } from '../format/text'

/** A screen that may still be on its way; `load` fetches it before anybody goes there, and never fails. */
export type Lazy<P> = FunctionComponent<P> & { load(): Promise<void> }

/** A screen, or a part of one with `waiting` in its place, behind `import()`; when it cannot be had, the page says so. */
export function lazy<P extends object>(
  load: () => Promise<FunctionComponent<P>>,
  waiting?: () => ComponentChildren,
): Lazy<P> {
  let found: FunctionComponent<P> | undefined
  const ahead = async () => {
    // Whoever goes there is told when it cannot be had.
    found ??= await load().catch(() => undefined)
  }
  function Screen(props: P) {
    const [failed, setFailed] = useState(false)
    const [, setLoaded] = useState(found !== undefined)
    useEffect(() => {
      if (found !== undefined) return
      load().then(
        (screen) => {
          found = screen
          setLoaded(true)
        },
        // The server was replaced meanwhile, or does not answer.
        () => setFailed(true),
      )
    }, [])
    if (found !== undefined) return h(found, props)
    if (waiting !== undefined && !failed) return waiting()
    return (
      <main class="empty-screen" data-loading={failed ? 'failed' : 'waiting'}>
        <p>{failed ? text.loadFailed : text.loadingScreen}</p>
        {failed && (
          <button type="button" onClick={() => location.reload()}>
            {text.reload}
          </button>
        )}
      </main>
    )
  }
  return Object.assign(Screen, { load: ahead })
}
