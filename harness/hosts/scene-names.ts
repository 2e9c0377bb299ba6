/** The simulated desktop's scenes by name, without what draws them. */
import { type Locale, localeOfEnvironment } from '../messages/index.js';
import { sceneDescriptions } from './simulated/messages.js';

export const SINGLE_SCENES = [
  'page',
  'terminal',
  'gallery',
  'typing',
  'film',
  'form',
  'drag',
  'idle',
] as const;

export type SingleScene = (typeof SINGLE_SCENES)[number];

/** A scene, or `desktop`: all of those that live well together. */
export type SceneName = SingleScene | 'desktop';

export const SCENE_NAMES: readonly SceneName[] = ['desktop', ...SINGLE_SCENES];

/** Names of all scenes, each with a line that says what it shows, for a program's help. */
export function describeScenes(
  locale: Locale = localeOfEnvironment(process.env),
): readonly { name: SceneName; description: string }[] {
  return SCENE_NAMES.map((name) => ({ name, description: sceneDescriptions(locale)[name] }));
}
