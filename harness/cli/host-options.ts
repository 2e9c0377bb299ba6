/** The options of a simulated desktop, shared by the commands that start one. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Size } from '../../codecs/index.js';
import { FONT_CHOICES, type FontChoice } from '../hosts/font-choice.js';
import { describeScenes, SCENE_NAMES, type SceneName } from '../hosts/scene-names.js';
import { localeOfEnvironment } from '../messages/index.js';
import { messages } from './messages.js';
import { oneOf, pictureSize, wholeNumber } from './options.js';
import { text } from './text.js';

export interface SimulationFlags {
  readonly scene: readonly SceneName[];
  readonly size: Size;
  readonly fps: number;
  readonly seed: number;
  readonly font: FontChoice;
  readonly threads?: number;
}

export function withSimulationOptions(command: Command, scenes: readonly SceneName[] = ['desktop']): Command {
  const scene = new Option('--scene <names>', messages.options.scene);
  return withDesktopOptions(
    command.addOption(scene.argParser(sceneList).default(scenes, scenes.join(','))),
  ).addHelpText('after', sceneHelp);
}

/** How a simulated desktop is drawn and coded, whatever it shows. */
export function withDesktopOptions(command: Command): Command {
  const o = messages.options;
  return command
    .addOption(
      new Option('--size <WIDTHxHEIGHT>', o.size)
        .argParser(pictureSize)
        .default({ width: 1920, height: 1080 }, '1920x1080'),
    )
    .option('--fps <number>', o.fps, wholeNumber('--fps', 1, 240), 60)
    .option('--seed <number>', o.seed, wholeNumber('--seed', 0, 0xffff_ffff), 1)
    .option('--font <name>', o.font, oneOf('--font', FONT_CHOICES), 'built-in' as FontChoice)
    .option('--threads <number>', o.threads, wholeNumber('--threads', 0, 16));
}

/** The scenes' names, each with a line that says what it shows. */
export function sceneHelp(): string {
  const width = Math.max(...SCENE_NAMES.map((name) => name.length)) + 2;
  const scenes = describeScenes(localeOfEnvironment(process.env)).map(
    ({ name, description }) => `  ${name.padEnd(width)}${description}`,
  );
  return `\n${messages.host.scenes}:\n${scenes.join('\n')}`;
}

/** The flags as arguments for another process. */
export function hostArguments(flags: SimulationFlags): string[] {
  return [
    '--scene',
    flags.scene.join(','),
    '--size',
    `${flags.size.width}x${flags.size.height}`,
    '--fps',
    String(flags.fps),
    '--seed',
    String(flags.seed),
    '--font',
    flags.font,
    ...(flags.threads === undefined ? [] : ['--threads', String(flags.threads)]),
  ];
}

export function sceneList(value: string): SceneName[] {
  return value.split(',').map((word) => {
    const name = SCENE_NAMES.find((scene) => scene === word.trim());
    if (name === undefined) {
      throw new InvalidArgumentError(
        text(messages.errors.scene, { value: word, choices: SCENE_NAMES.join(', ') }),
      );
    }
    return name;
  });
}
