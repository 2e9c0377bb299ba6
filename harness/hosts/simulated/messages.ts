/** What the simulated host tells its customer, in English and French. */
import type { Catalogue, Locale } from '../../messages/index.js';
import type { SceneName } from './scene-list.js';

const en = {
  recordingStarted: (name: string) => `${name} is recording this session`,
  controlTaken: (name: string) => `${name} controls this computer`,
  /** What a customer who is not there says. */
  answers: [
    'Yes, I see it.',
    'One moment, please.',
    'It still looks the same here.',
    'Thank you! Is there anything that I should do?',
  ] as readonly string[],
};

export type HostMessages = typeof en;

const fr: HostMessages = {
  recordingStarted: (name) => `${name} enregistre cette session`,
  controlTaken: (name) => `${name} contrôle cet ordinateur`,
  answers: [
    'Oui, je le vois.',
    'Un instant, s’il vous plaît.',
    'Chez moi, rien n’a changé.',
    'Merci ! Dois-je faire quelque chose ?',
  ],
};

const catalogue: Catalogue<HostMessages> = { en, fr };

export function hostMessages(locale: Locale): HostMessages {
  return catalogue[locale];
}

type SceneDescriptions = Readonly<Record<SceneName, string>>;

const SCENES: Catalogue<SceneDescriptions> = {
  en: {
    desktop: 'a working day: all of the following but "idle"',
    page: 'a long page that scrolls by itself and by the wheel',
    terminal: 'commands whose coloured output scrolls',
    gallery: 'photographs that change every few seconds',
    typing: 'a program that is typed in an editor',
    film: 'a small moving film, 25 pictures a second',
    form: 'buttons, a check box and a text field that react',
    drag: 'a window that is dragged about',
    idle: 'a text and its blinking cursor, nothing else',
  },
  fr: {
    desktop: 'une journée de travail : tout ce qui suit sauf « idle »',
    page: 'une longue page qui défile seule ou par la molette',
    terminal: 'des commandes dont la sortie en couleurs défile',
    gallery: 'des photographies qui changent toutes les quelques secondes',
    typing: 'un programme saisi dans un éditeur',
    film: 'un petit film, 25 images par seconde',
    form: 'des boutons, une case à cocher et un champ de texte qui réagissent',
    drag: 'une fenêtre que l’on déplace',
    idle: 'un texte et son curseur qui clignote, rien d’autre',
  },
};

export function sceneDescriptions(locale: Locale): SceneDescriptions {
  return SCENES[locale];
}
