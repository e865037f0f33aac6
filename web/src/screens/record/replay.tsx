import type { OfSession } from './ask'
export function ReplayPage(_: OfSession) {
  return null
}
