/** Every word a screen says, in English. A language is one folder like this one whose index has the type [`Messages`]. */
import { clinic } from './clinic'
import { common } from './common'
import { session } from './session'
import { chart } from './trend'
import { wall } from './wall'

export const en = { ...common, ...wall, clinic, session, chart }

export type Messages = typeof en
