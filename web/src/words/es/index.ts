/** Todas las palabras de una pantalla en español. */
import type { Messages } from '../en'
import { clinic } from './clinic'
import { common } from './common'
import { session } from './session'
import { chart } from './trend'
import { wall } from './wall'

export const es: Messages = { ...common, ...wall, clinic, session, chart }
