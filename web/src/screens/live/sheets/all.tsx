/** Every form that comes later, by its name. */
import { namesAreTyped } from '../../../ui/person'
import type { Bedside } from '../bedside'
import type { Later } from '../sheets'
import { ArtefactSheet } from './artefact'
import { AssessSheet, EffectsSheet, MoreSheet } from './assess'
import { ConflictSheet } from './conflict'
import { EntryPanel } from './enter'
import { HelpSheet } from './help'
import { LimitsSheet } from './limits'
import { ClinicianSheet, PersonSheet } from './person'
import { StartSheet } from './start'
import { Tabs } from './tabs'
import { TypedSheet } from './typed'
import { WhoSheet } from './who'
import { WhyPanel } from './why'

export function AnySheet({ at, sheet }: { readonly at: Bedside; readonly sheet: Later }) {
  switch (sheet.is) {
    case 'person':
      return namesAreTyped.value ? <PersonSheet at={at} next={sheet.answer} /> : <WhoSheet at={at} asks={sheet} />
    case 'clinician':
      return <ClinicianSheet at={at} title={sheet.title} next={sheet.answer} />
    case 'tabs':
      return <Tabs at={at} stands={sheet.stands} />
    case 'entry':
      return <EntryPanel key={sheet.kind} at={at} kind={sheet.kind} />
    case 'why':
      return <WhyPanel at={at} ask={sheet.ask} />
    case 'start':
      return <StartSheet at={at} />
    case 'typed':
      return <TypedSheet at={at} first={sheet.vital} />
    case 'conflict':
      return <ConflictSheet at={at} source={sheet.source} bed={sheet.bed} />
    case 'artefact':
      return <ArtefactSheet at={at} />
    case 'limits':
      return <LimitsSheet at={at} />
    case 'help':
      return <HelpSheet at={at} />
    case 'effects':
      return <EffectsSheet at={at} />
    case 'assess':
      return <AssessSheet at={at} />
    case 'more':
      return <MoreSheet at={at} />
    default:
      return sheet satisfies never
  }
}
