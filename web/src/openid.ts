/** What a provider of accounts sent the browser back with: it leaves the address bar at once, and is good once. */
import { signal } from '@preact/signals'

export const back = signal({ state: '', code: '' })

/** Takes state and code out of the address, so that neither the history nor a look over the shoulder keeps them. */
export function takeBack(): void {
  if (!/^\/openid\/?$/.test(location.pathname) || location.search === '') return
  const said = new URLSearchParams(location.search)
  back.value = { state: said.get('state') ?? '', code: said.get('code') ?? '' }
  history.replaceState(null, '', location.pathname)
}

export function forgetBack(): void {
  back.value = { state: '', code: '' }
}
