/** Every word a screen says, in English. A language is one folder like this one whose index has the type [`Messages`]. */
import { clinic } from './clinic'
import { common } from './common'
import { wall } from './wall'

export const en = { ...common, ...wall, clinic }

export type Messages = typeof en
