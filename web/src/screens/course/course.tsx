import type { OfSession } from '../record/ask'
export function CoursePage(_: OfSession) {
  return null
}
