/** Wörter der Seite über den Zustand; sie kommen mit ihr. */
import type { health as en } from '../en/health'

export const health: typeof en = {
  title: 'Zustand',
  failed: (why) => `Der Server sagt nicht, wie es um ihn steht: ${why}`,
  oddly: 'seine Antwort ist nicht zu verstehen; Seite neu laden',
  stale: (time) => `Keine Antwort vom Server. Was hier steht, ist von ${time}.`,
  states: { well: 'In Ordnung', look: 'Bitte ansehen', wrong: 'Falsch' },

  recording: 'Aufzeichnung',
  recordingYes: 'Alles, was zu sehen ist, steht auf der Platte.',
  recordingNo: (time, why) => `Keine Aufzeichnung seit ${time}: ${why}`,
  waitingForLog: (count) => `${count} Einträge warten auf die Platte.`,
  behindDatabase: (count) => `${count} Einträge sind erst im Journal und noch nicht in der Datenbank.`,

  disk: 'Platte',
  diskUnknown: 'Das System sagt nicht, wie viel Platz noch ist.',
  diskFree: (free, log) => `${free} frei; die Aufzeichnung hat ${log}.`,
  diskYoung: 'Die Aufzeichnung ist zu jung, um zu sagen, wie lange das reicht.',
  diskYears: 'Das reicht für Jahre.',
  diskDays: (days) => `Das reicht etwa ${days} Tage, wenn es so weitergeht.`,
  diskShort:
    'Platz schaffen oder den Datenordner auf eine größere Platte legen. Ist sie voll, bleiben die Bildschirme aktuell und die Aufzeichnung steht.',

  backup: 'Sicherung',
  backupNone: 'Es ist keine Sicherung bekannt.',
  backupLast: (day, time, size) => `Die letzte gute ist vom ${day}, ${time} (${size}).`,
  backupSecret: 'Sie ist verschlüsselt.',
  backupOpen: 'Sie ist nicht verschlüsselt: Wer die Datei hat, kann sie lesen.',
  backupEvery: (hours) => `Der Server macht alle ${hours} Stunden eine.`,
  backupByHand:
    'Der Server macht von selbst keine: [backup] in der Konfiguration setzen oder chairside backup aufrufen.',
  backupTrouble: (why) => `Der letzte Versuch ist gescheitert: ${why}`,
  backupLate: 'Sie ist älter, als sie sein sollte.',

  sources: 'Monitore',
  sourcesUp: (up, all) => `${up} von ${all} sind verbunden.`,
  sourcesNone: 'Keiner ist konfiguriert.',

  screens: 'Bildschirme',
  screensCount: (count) => `${count} verbunden.`,

  clock: 'Uhr',
  clockNow: (day, time, zone) => `${day}, ${time}, Zone ${zone}.`,
  clockSet: 'Ein Zeitserver stellt sie.',
  clockUnknown: 'Ob ein Zeitserver sie stellt, ist von hier nicht zu sehen: timedatectl auf dem Server sagt es.',
  clockWrong: 'Sie zeigt eine Zeit, zu der es dieses Programm nicht gab. Bitte stellen.',

  certificate: 'Zertifikat',
  certificateNone: 'Die Bildschirme werden ohne Verschlüsselung geöffnet, nur von dieser Maschine aus.',
  certificateEnds: (day) => `Gültig bis ${day}.`,
  certificateRenews: 'Der Server erneuert es von selbst.',
  certificateOver: 'Browser lehnen die Bildschirme ab: ein neues an seine Stelle legen.',

  queue: 'Krankenhausinformationssystem',
  queueNone: 'Alles Unterschriebene ist gesendet.',
  queueWaiting: (count) => `Wartende Nachrichten: ${count}.`,
  queueRefused: (count) => `Abgelehnte Nachrichten: ${count}; sie liegen mit dem Grund im Ordner ehr/refused.`,
  queueOpen: 'Was wartet, was abgelehnt wurde',

  copy: 'Datenbank',
  copyNever:
    'Sie wurde seit dem Start nicht erreicht. Alles ist auf diesem Server aufgezeichnet und kommt später dorthin.',
  copyAll: 'Sie hat alles, was auf diesem Server aufgezeichnet ist.',
  copyWaits: (count, age) =>
    `Einträge, die ihr noch fehlen: ${count}; der älteste ist ${age} alt. Sie sind auf diesem Server aufgezeichnet und kommen später dorthin.`,
  copyStuck: (count) =>
    `Plätze, deren Einträge nicht dorthin können: ${count}. Warum, steht im Protokoll des Programms.`,

  refused: 'Seit dem Start abgewiesen',
  refusedNothing: 'Nichts.',
  refusedRequests: (count) => `Anfragen: ${count}.`,
  refusedConnections: (count) => `Verbindungen, die nichts fragten: ${count}.`,
  refusedScreens: (count) => `Bildschirme ohne Platz: ${count}. Schließen Sie die, auf die niemand schaut.`,
  refusedCut: (count) => `Bildschirme, die nichts annahmen und getrennt wurden: ${count}.`,
  refusedSignIns: (count) => `Anmeldungen mit falschem Namen, Passwort oder Code: ${count}.`,
  refusedGuesses: (count) =>
    `Anmeldungen, die ungelesen abgewiesen wurden, weil es zu viele waren: ${count}. Vielleicht rät jemand.`,
  refusedUpdates: (count) => `Meldungen, die langsame Bildschirme nicht annahmen: ${count}.`,

  program: 'Programm',
  programVersion: (version, day, time) => `Chairside ${version}, läuft seit ${day}, ${time}.`,
  programParts: (parts) => `Gebaut mit: ${parts}.`,
  programPlain: 'Gebaut ohne Zusätze.',
  parts: { limits: 'Grenzwertmeldungen' },
}
