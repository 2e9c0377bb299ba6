/** What stands in the chapters and subtitles of a converted recording. Runs in Node and in a page. */
import type { QualityName } from '../../codecs/index.js';
import type { ConversionWords } from '../../engine/convert/index.js';
import { linesWithoutControls, withoutControls } from '../../engine/plain-text.js';
import { type Catalogue, format, type Locale } from '../messages/index.js';

const en = {
  start: 'Start',
  joined: '{name} has joined',
  left: '{name} has left',
  controls: '{name} has control',
  nobodyControls: 'Nobody has control',
  records: '{name} is recording',
  told: 'Everyone has been told that {name} is recording',
  consents: '{name} agrees: {text}',
  refuses: '{name} does not agree: {text}',
  recordingEnded: 'The recording has ended: {reason}',
  hostAway: 'The connection to the customer is lost',
  hostBack: 'The customer is back',
  hostEnded: 'The session has ended',
  says: '{name}: {text}',
  marker: 'Marker {number}',
  level: 'Colours: {level}',
  size: 'Picture of {width}x{height}',
  screen: 'Screen',
  screenWithOverlays: 'Screen with whiteboard and laser',
  events: 'Session',
  levels: {
    'very-low': '16 greys',
    low: '256 colours',
    medium: '65,536 colours',
    high: 'all',
    auto: 'automatic',
  },
};

const fr: typeof en = {
  start: 'Début',
  joined: '{name} a rejoint la session',
  left: '{name} a quitté la session',
  controls: '{name} a le contrôle',
  nobodyControls: 'Personne n’a le contrôle',
  records: '{name} enregistre',
  told: 'Tous ont été avertis que {name} enregistre',
  consents: '{name} accepte : {text}',
  refuses: '{name} refuse : {text}',
  recordingEnded: 'L’enregistrement est terminé : {reason}',
  hostAway: 'La connexion au client est perdue',
  hostBack: 'Le client est de retour',
  hostEnded: 'La session est terminée',
  says: '{name} : {text}',
  marker: 'Repère {number}',
  level: 'Couleurs : {level}',
  size: 'Image de {width}x{height}',
  screen: 'Écran',
  screenWithOverlays: 'Écran avec tableau blanc et laser',
  events: 'Session',
  levels: {
    'very-low': '16 gris',
    low: '256 couleurs',
    medium: '65 536 couleurs',
    high: 'toutes',
    auto: 'automatiques',
  },
};

const catalogue: Catalogue<typeof en> = { en, fr };

export function conversionWords(locale: Locale): ConversionWords {
  const words = catalogue[locale];
  return {
    ...words,
    joined: (name) => format(words.joined, { name }),
    left: (name) => format(words.left, { name }),
    controls: (name) => format(words.controls, { name }),
    says: (name, said) =>
      format(words.says, { name: withoutControls(name), text: said }, undefined, linesWithoutControls),
    marker: (number) => format(words.marker, { number: String(number) }),
    records: (name) => format(words.records, { name }),
    told: (name) => format(words.told, { name }),
    consents: (name, asked) => format(words.consents, { name, text: asked }),
    refuses: (name, asked) => format(words.refuses, { name, text: asked }),
    recordingEnded: (reason) => format(words.recordingEnded, { reason }),
    level: (level: QualityName) => format(words.level, { level: words.levels[level] }),
    size: (width, height) => format(words.size, { width: String(width), height: String(height) }),
  };
}
