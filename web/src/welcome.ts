/** The one-time code of a link: it stands in the fragment, which no server sees, and leaves the address bar at once. */
import { signal } from '@preact/signals'

export const welcomeCode = signal('')

/** Letters and digits; anything else is no code. */
const CODE = /^#([A-Za-z0-9_-]{4,200})$/

/** Takes the code out of the address, so that neither the history nor a look over the shoulder keeps it. */
export function takeCode(): void {
  if (!/^\/welcome\/?$/.test(location.pathname) || location.hash === '') return
  welcomeCode.value = CODE.exec(location.hash)?.[1] ?? ''
  history.replaceState(null, '', location.pathname)
}
