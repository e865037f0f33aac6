/** Where the screen is: the address is the state. */
import { signal } from '@preact/signals'

export type Route =
  | { readonly at: 'wall' }
  | { readonly at: 'live'; readonly chair: string }
  | { readonly at: 'settings' }

export function read(path: string): Route {
  const chair = /^\/chair\/([^/]+)\/?$/.exec(path)?.[1]
  if (chair !== undefined) {
    try {
      return { at: 'live', chair: decodeURIComponent(chair) }
    } catch {
      return { at: 'wall' }
    }
  }
  return /^\/settings\/?$/.test(path) ? { at: 'settings' } : { at: 'wall' }
}

export function write(route: Route): string {
  if (route.at === 'live') return `/chair/${encodeURIComponent(route.chair)}`
  return route.at === 'settings' ? '/settings' : '/'
}

export const route = signal<Route>({ at: 'wall' })

/** Goes there and keeps the query (`?replay=`). */
export function go(to: Route): void {
  if (write(to) !== location.pathname) history.pushState(null, '', write(to) + location.search)
  route.value = to
}

/** Follows the address bar and the back button. */
export function listen(): void {
  route.value = read(location.pathname)
  addEventListener('popstate', () => {
    route.value = read(location.pathname)
  })
}
