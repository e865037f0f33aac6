/** Where the screen is: the address is the state. */
import { signal } from '@preact/signals'
import { takeBack } from './openid'
import { takeCode } from './welcome'

export type Route =
  | { readonly at: 'wall' }
  | { readonly at: 'live'; readonly chair: string }
  /** `part` is one of the parts of the page; the first when absent. */
  | { readonly at: 'settings'; readonly part?: string }
  /** All sources; `source` is the one shown in full. */
  | { readonly at: 'sources'; readonly source?: string }
  /** How the server is. */
  | { readonly at: 'health' }
  /** What goes to the EHR. */
  | { readonly at: 'ehr' }
  /** Behind a one-time link. */
  | { readonly at: 'welcome' }
  /** Back from a provider of accounts. */
  | { readonly at: 'openid' }
  /** Who did what. */
  | { readonly at: 'audit' }
  /** The list of recorded sessions. */
  | { readonly at: 'sessions' }
  /** One of them: its record, the same played again, or the course of treatment it belongs to. */
  | { readonly at: 'record' | 'replay' | 'course'; readonly session: string }

/** A name as it stands in an address; `undefined` when it is none. */
function named(part: string | undefined): string | undefined {
  try {
    return part && decodeURIComponent(part)
  } catch {
    return undefined
  }
}

export function read(path: string): Route {
  const chair = named(/^\/chair\/([^/]+)\/?$/.exec(path)?.[1])
  if (chair !== undefined) return { at: 'live', chair }
  const source = named(/^\/sources\/([^/]+)\/?$/.exec(path)?.[1])
  if (source !== undefined) return { at: 'sources', source }
  if (/^\/sources\/?$/.test(path)) return { at: 'sources' }
  if (/^\/health\/?$/.test(path)) return { at: 'health' }
  if (/^\/ehr\/?$/.test(path)) return { at: 'ehr' }
  const [, of, page] = /^\/sessions\/([^/]+)(?:\/(course|replay))?\/?$/.exec(path) ?? []
  const session = named(of)
  if (session !== undefined)
    return { at: page === 'course' ? 'course' : page === 'replay' ? 'replay' : 'record', session }
  if (/^\/sessions\/?$/.test(path)) return { at: 'sessions' }
  if (/^\/welcome\/?$/.test(path)) return { at: 'welcome' }
  if (/^\/openid\/?$/.test(path)) return { at: 'openid' }
  if (/^\/audit\/?$/.test(path)) return { at: 'audit' }
  const part = named(/^\/settings\/([^/]+)\/?$/.exec(path)?.[1])
  if (part !== undefined) return { at: 'settings', part }
  return /^\/settings\/?$/.test(path) ? { at: 'settings' } : { at: 'wall' }
}

export function write(route: Route): string {
  if (route.at === 'live') return `/chair/${encodeURIComponent(route.chair)}`
  if (route.at === 'sources')
    return route.source === undefined ? '/sources' : `/sources/${encodeURIComponent(route.source)}`
  if (route.at === 'settings')
    return route.part === undefined ? '/settings' : `/settings/${encodeURIComponent(route.part)}`
  if (route.at === 'sessions') return '/sessions'
  if (route.at === 'health') return '/health'
  if (route.at === 'ehr') return '/ehr'
  if (route.at === 'welcome' || route.at === 'openid' || route.at === 'audit') return `/${route.at}`
  if (route.at === 'record' || route.at === 'replay' || route.at === 'course')
    return `/sessions/${encodeURIComponent(route.session)}${route.at === 'record' ? '' : `/${route.at}`}`
  return '/'
}

export const route = signal<Route>({ at: 'wall' })

/** Goes there and keeps the query (`?replay=`). */
export function go(to: Route): void {
  if (write(to) !== location.pathname) history.pushState(null, '', write(to) + location.search)
  route.value = to
}

/** Lets the browser open a link in its own ways (new tab) and does the rest without loading the page anew. */
export const follow = (to: () => void) => (event: MouseEvent) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  to()
}

/** Follows the address bar and the back button. */
export function listen(): void {
  const look = () => {
    takeCode()
    takeBack()
    route.value = read(location.pathname)
  }
  look()
  addEventListener('popstate', look)
}
