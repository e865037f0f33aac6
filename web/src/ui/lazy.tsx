/** Parts that are loaded when somebody goes there: numbers do not wait for them. */
import { type FunctionComponent, h } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { text } from '../format/text'

/** A part behind `import()`; until it is there, and when it cannot be had, the page says so. */
export function lazy<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let found: FunctionComponent<P> | undefined
  return function Lazy(props: P) {
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
    return (
      <div class="empty-screen" data-loading={failed ? 'failed' : 'waiting'}>
        <p>{failed ? text.loadFailed : text.loadingScreen}</p>
        {failed && (
          <button type="button" onClick={() => location.reload()}>
            {text.reload}
          </button>
        )}
      </div>
    )
  }
}
