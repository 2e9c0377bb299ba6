/** The scenes by name. */
import { SightlineError } from '../../../../codecs/index.js';
import { type Locale, localeOfEnvironment } from '../../../messages/index.js';
import { sceneDescriptions } from '../messages.js';
import type { SceneFactory } from '../scene.js';
import { openDrag } from './drag.js';
import { openFilm } from './film.js';
import { openForm } from './form.js';
import { openGallery } from './gallery.js';
import { openIdle } from './idle.js';
import { openPage } from './page.js';
import { openTerminal } from './terminal.js';
import { openTyping } from './typing.js';

const FACTORIES = {
  page: openPage,
  terminal: openTerminal,
  gallery: openGallery,
  typing: openTyping,
  film: openFilm,
  form: openForm,
  drag: openDrag,
  idle: openIdle,
} satisfies Record<string, SceneFactory>;

export type SingleScene = keyof typeof FACTORIES;

/** A scene, or `desktop`: all of those that live well together. */
export type SceneName = SingleScene | 'desktop';

/** From back to front. */
const DESKTOP: readonly SingleScene[] = ['page', 'terminal', 'gallery', 'typing', 'film', 'form', 'drag'];

export const SCENE_NAMES: readonly SceneName[] = ['desktop', ...(Object.keys(FACTORIES) as SingleScene[])];

export function sceneFactory(name: SingleScene): SceneFactory {
  return FACTORIES[name];
}

/** Resolves `desktop`, leaves out repetitions. Throws `SightlineError` (`bad-argument`) for an unknown name. */
export function expandScenes(names: readonly SceneName[]): SingleScene[] {
  const expanded = new Set<SingleScene>();
  for (const name of names) {
    if (name === 'desktop') for (const part of DESKTOP) expanded.add(part);
    else if (Object.hasOwn(FACTORIES, name)) expanded.add(name);
    else {
      throw new SightlineError('bad-argument', `There is no scene "${name}": ${SCENE_NAMES.join(', ')}.`, {
        field: 'scenes',
      });
    }
  }
  if (expanded.size === 0) {
    throw new SightlineError('bad-argument', `Name a scene: ${SCENE_NAMES.join(', ')}.`, { field: 'scenes' });
  }
  return [...expanded];
}

/** Names of all scenes, each with a line that says what it shows, for a program's help. */
export function describeScenes(
  locale: Locale = localeOfEnvironment(process.env),
): readonly { name: SceneName; description: string }[] {
  return SCENE_NAMES.map((name) => ({ name, description: sceneDescriptions(locale)[name] }));
}
