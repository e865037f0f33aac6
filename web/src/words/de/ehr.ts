/** Die Seite des KIS. */
import type { ehr as en } from '../en/ehr'

export const ehr: typeof en = {
  title: 'Versand ans KIS',
  failed: (why) => `Der Server sagt nicht, was wartet: ${why}`,
  oddly: 'seine Antwort ist unverständlich; Seite neu laden',
  stale: (time) => `Keine Antwort vom Server. Was hier steht, ist von ${time}.`,
  none: 'Kein KIS ist eingerichtet: Unterschriebenes bleibt hier. Mit [ehr] connect in der Konfiguration wird es gesendet.',

  way: 'Wohin',
  wayTls: (to) => `${to}, über TLS.`,
  wayOpen: (to) => `${to}, unverschlüsselt.`,
  sentCount: (count) => `Vom KIS angenommene Nachrichten seit dem Start des Servers: ${count}.`,
  sentLast: (kind, session, time) => `Die letzte: ${kind} der Sitzung ${session}, um ${time}.`,

  waiting: 'Es wartet',
  waitingNone: 'Nichts wartet.',
  waitingCount: (count) => `Wartende Nachrichten: ${count}. Sie gehen eine nach der anderen, keine geht verloren.`,
  why: (why) => `Warum die erste wartet: ${why}`,
  tries: (count) => `Vergebliche Versuche seit dem Start: ${count}.`,
  next: (time) => `Nächster Versuch um ${time}.`,
  now: 'Sie wird gerade gesendet.',

  refused: 'Abgelehnt',
  refusedNone: 'Nichts wurde abgelehnt.',
  refusedHow:
    'Jede liegt im Ordner ehr/refused des Datenordners. Nach ehr/waiting verschoben, wird sie erneut gesendet.',
  more: (count) => `Und ${count} weitere.`,

  session: 'Sitzung',
  kind: 'Nachricht',
  since: 'Seit',
  answer: 'Worte des KIS',
  file: 'Datei',
  kinds: {
    'ORU^R01': 'Vitalwerte',
    'MDM^T02': 'Bericht',
    'MDM^T10': 'Bericht mit Nachträgen',
  },
}
