/** The simulated desktop's scenes. */

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
