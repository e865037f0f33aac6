/** Every word a screen says, in English. A language is one folder like this one whose index has the type [`Messages`]. */
import { common } from './common'
import { trend } from './trend'

export const en = { ...common, ...trend }

export type Messages = typeof en
