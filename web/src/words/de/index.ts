/** Alle Wörter eines Bildschirms auf Deutsch. */
import type { Messages } from '../en'
import { clinic } from './clinic'
import { common } from './common'
import { session } from './session'
import { chart } from './trend'
import { wall } from './wall'

export const de: Messages = { ...common, ...wall, clinic, session, chart }
