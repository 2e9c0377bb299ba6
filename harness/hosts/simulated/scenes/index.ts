/** The scenes by name. */
import { SightlineError } from '../../../../codecs/index.js';
import { SCENE_NAMES, type SceneName, type SingleScene } from '../../scene-names.js';
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
} satisfies Record<SingleScene, SceneFactory>;

/** From back to front. */
const DESKTOP: readonly SingleScene[] = ['page', 'terminal', 'gallery', 'typing', 'film', 'form', 'drag'];

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
