/** Wörter der Einstellungen der Klinik. */
import type { clinic as en } from '../en/clinic'

export const clinic: typeof en = {
  parts: {
    room: 'Plätze und Monitore',
    templates: 'Behandlungsvorlagen',
    staff: 'Personal',
    leaving: 'Entlassliste',
    limits: 'Grenzwert-Hinweise',
    test: 'Testbetrieb',
    screen: 'Dieser Bildschirm',
    accounts: 'Konten',
    displays: 'Wandanzeigen',
    me: 'Mein Konto',
  },
  testDo:
    'Ein Platz im Testbetrieb ist auf jedem Bildschirm gestreift und nimmt nur Testpatienten, deren Nummer mit „TEST:“ beginnt. Simulierte Daten sind dort zugelassen. Wer umschaltet, wird aufgezeichnet; der Platz wird dabei freigegeben und muss leer sein.',
  beginTest: 'Testbetrieb beginnen',
  endTest: 'Testbetrieb beenden',
  testBegan: (name: string) => `${name} im Testbetrieb`,
  testEnded: (name: string) => `${name} wieder für Patienten`,
  none: 'Der Server hat die Einstellungen der Klinik noch nicht gesendet.',
  by: 'Geändert von',
  byDo: 'Sagen Sie zuerst, wer Sie sind: Jede Änderung wird mit Namen aufgezeichnet.',
  name: 'Name',
  role: 'Aufgabe',
  roles: { nurse: 'Pflege', clinician: 'Ärztin/Arzt', reviewer: 'Prüfung', lead: 'Leitung', auditor: 'Revision' },
  addStaff: 'Person hinzufügen',
  staffDo: 'Wer hier steht, kann am Bildschirm gewählt werden. Namen stehen an jedem Eintrag der Aufzeichnung.',
  noStaff: 'Noch niemand: Namen werden an den Bildschirmen getippt.',
  remove: 'Entfernen',
  removed: (name) => `${name} wird nicht mehr angeboten`,
  save: 'Speichern',
  saved: (what) => `${what} gespeichert`,

  names: 'Namen auf öffentlichen Bildschirmen',
  namesDo: 'Was die Übersicht von einer Patientin zeigt. Nie die Indikation oder eine Dosis.',
  namesOf: { alias: 'Alias', initials: 'Initialen', full: 'Voller Name' },

  templatesDo:
    'Womit eine Sitzung einer Behandlung beginnt. Alle Zeiten lassen sich für eine Sitzung ändern. Eine Dosis kennt man hier nicht.',
  newTemplate: 'Neue Vorlage',
  template: {
    name: 'Name',
    of: 'Sitzungen der Behandlung (leer: offen)',
    infusionMin: 'Infusion, min',
    cuffInfusingMin: 'Manschette während der Infusion, min',
    cuffObservingMin: 'Manschette danach, min',
    observeMin: 'Beobachtung mindestens, min',
    assessFirstMin: 'Beurteilung, erste Stunde, min',
    assessLaterMin: 'Beurteilung, später, min',
  },
  numberBetween: (low, high) => `Eine ganze Zahl von ${low} bis ${high}`,

  leavingDo:
    'Je eine Zeile, in der Reihenfolge der Fragen. Die Entlassung bleibt gesperrt, bis alle erledigt sind oder eine Ärztin, ein Arzt einen Grund nennt.',
  line: (n) => `Zeile ${n}`,
  addLine: 'Zeile hinzufügen',
  up: 'Nach oben',

  limitsDo:
    'Eigene Hinweise der Klinik zu aufgezeichneten Werten. Aus, bis die Leitung jeden einzeln einschaltet. Sie ersetzen nichts: Der Monitor am Bett bleibt die erste Quelle. Eingeschaltet können sie dieses Programm dort, wo es benutzt wird, zu einem regulierten Medizinprodukt machen.',
  noLimits: 'Dieses Programm wurde ohne Grenzwert-Hinweise gebaut.',
  on: 'Ein',
  off: 'Aus',
  kind: {
    'pre-start systolic': 'Systolisch vor dem Start',
    'pre-start diastolic': 'Diastolisch vor dem Start',
    systolic: 'Systolisch',
    diastolic: 'Diastolisch',
    mean: 'Mitteldruck',
    spo2: 'SpO₂',
    'heart rate': 'Herzfrequenz',
    'resp rate': 'Atemfrequenz',
    etco2: 'EtCO₂',
    sedation: 'Sedierung, MOAA/S',
    rass: 'Sedierung, RASS',
    cuff: 'Manschette überfällig',
    assessment: 'Beurteilung überfällig',
  },
  number: {
    lookLow: 'Hinsehen, tief',
    lookHigh: 'Hinsehen, hoch',
    urgentLow: 'Dringend, tief',
    urgentHigh: 'Dringend, hoch',
    onceHigh: 'Sofort dringend, hoch',
    overPct: 'Über Ausgangswert, %',
    underPct: 'Unter Ausgangswert, %',
    lookHoldS: 'Hinsehen nach, s',
    urgentHoldS: 'Dringend nach, s',
    lateS: 'Verspätet um, s',
  },

  heardNothing:
    'Noch kein Wert. Vergleichen Sie die Zahlen hier mit der Anzeige des Monitors, bevor Sie ihm einen Platz geben.',

  palette: 'Farben der Werte',
  palettes: { chairside: 'Chairside', monitor: 'Wie viele Monitore (EKG grün, RESP gelb)' },
}
