/** The simulated desktop's scenes by name, without what draws them. */
import { type Locale, localeOfEnvironment } from '../messages/index.js';
import { sceneDescriptions } from './simulated/messages.js';
import { SCENE_NAMES, type SceneName } from './simulated/scene-list.js';

export { SCENE_NAMES, type SceneName, SINGLE_SCENES, type SingleScene } from './simulated/scene-list.js';

/** Names of all scenes, each with a line that says what it shows, for a program's help. */
export function describeScenes(
  locale: Locale = localeOfEnvironment(process.env),
): readonly { name: SceneName; description: string }[] {
  return SCENE_NAMES.map((name) => ({ name, description: sceneDescriptions(locale)[name] }));
}
