/** Die Wörter der Wand und der Bildschirme, die irgendwo hängen. */
import type { wall as en } from '../en/wall'

export const wall: typeof en = {
  standing: {
    loading: 'Lädt',
    empty: 'Frei',
    free: 'Keine Sitzung',
    cleaning: 'Reinigung',
  },
  sinceStart: (time) => `T+ ${time}`,
  scale: { sedation: 'MOAA/S', rass: 'RASS' },
  sedation: (scale, score, age) => `${scale} ${score}${age && `, vor ${age}`}`,
  noSedation: 'Sedierung offen',
  due: {
    cuff: (time) => `NIBD in ${time}`,
    assess: (time) => `Kontrolle in ${time}`,
    end: (time) => `Ende in ${time}`,
    observe: (time) => `Noch ${time} beobachten`,
  },
  overdue: {
    cuff: (time) => `NIBD ${time} überfällig`,
    assess: (time) => `Kontrolle ${time} überfällig`,
  },

  limit: {
    'pre-start systolic': 'SYS vor Beginn',
    'pre-start diastolic': 'DIA vor Beginn',
    systolic: 'SYS',
    diastolic: 'DIA',
    mean: 'MAD',
    spo2: 'SpO₂',
    'heart rate': 'HF',
    'resp rate': 'AF',
    etco2: 'EtCO₂',
    sedation: 'MOAA/S',
    rass: 'RASS',
    cuff: 'NIBD überfällig',
    assessment: 'Kontrolle überfällig',
  },
  limitSays: (kind, value, limit, since) => `${kind} ${value} (Grenze ${limit}) ${since}`,
  limitsFailed: (why) => `Hinweise der Klinik sind außer Betrieb: ${why}`,
  more: (n) => `+${n}`,
  withheld: (source) => `${source}: Werte zurückgehalten, Zuordnung prüfen`,

  feed: { ok: 'Empfang', quiet: 'Keine Daten', silent: 'Keine Daten' },
  connectingShort: 'Verbindet',
  soundOff: 'Ton aus',
  fullScreen: 'Vollbild',
  leaveFullScreen: 'Vollbild verlassen',
  newVersionWaits: 'Eine neue Version liegt bereit. Sie wird geladen, sobald keine Sitzung mehr offen ist.',
  hiddenTitle: 'Verdeckt: wird nicht beobachtet',
  loadingScreen: 'Lädt',
  loadFailed: 'Dieser Teil der Seite konnte nicht geladen werden.',
  reload: 'Neu laden',

  language: 'Sprache',
  viewing: 'Leseabstand der Wand',
  distance: { near: 'bis 2 m', usual: '3 bis 4 m', far: '5 m und mehr' },
  lit: {
    held: 'Der Browser hält diesen Bildschirm hell.',
    refused: 'Der Browser hält diesen Bildschirm nicht hell: am Gerät selbst einstellen.',
  },
}
