import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_CHARACTERS, builtInFont } from '../../harness/hosts/simulated/fonts.js';
import { type TextStyle, textPainter } from '../../harness/hosts/simulated/text.js';
import { charactersOf } from '../support/woff.js';
import golden from './golden/frames.json' with { type: 'json' };

const require = createRequire(import.meta.url);
const FAMILIES = ['sans', 'mono'] as const;
const FACES = FAMILIES.flatMap((family) =>
  [false, true].map((bold) => ({ family, bold, size: 16, colour: 0 })),
);
const NO_FONTS =
  '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig></fontconfig>\n';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-fonts-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a process of its own draws. */
function framesIn(environment: NodeJS.ProcessEnv, flags: readonly string[] = []): unknown {
  const script = fileURLToPath(new URL('./print-frames.mjs', import.meta.url));
  const printed = execFileSync(process.execPath, [...flags, script], { env: environment, encoding: 'utf8' });
  return JSON.parse(printed);
}

/** The pixels of a line, and its width. */
function look(text: string, style: TextStyle): string {
  const context = createCanvas(160, 32).getContext('2d');
  const painter = textPainter();
  painter.draw(context, text, 8, 22, style);
  const pixels = Buffer.from(context.getImageData(0, 0, 160, 32).data).toString('base64');
  return `${painter.width(text, style)} ${pixels}`;
}

describe('the built-in fonts', () => {
  it('draw the same pixels for a seed, and record the same bytes, as on any other machine', () => {
    expect(framesIn(process.env)).toEqual(golden);
  });

  it('draw them whatever the machine has installed, whoever asks, in whatever language and zone', () => {
    const configuration = join(folder, 'fonts.conf');
    writeFileSync(configuration, NO_FONTS);
    const frames = framesIn({
      FONTCONFIG_FILE: configuration,
      HOME: folder,
      USER: 'nobody',
      LC_ALL: 'tr_TR.UTF-8',
      TZ: 'Asia/Kathmandu',
    });
    expect(frames).toEqual(golden);
  });

  it('draw them for a user without a home', () => {
    const homeless = `import os from 'node:os';
      os.homedir = () => { throw new Error('uv_os_homedir returned ENOENT'); };
      (await import('node:module')).syncBuiltinESMExports();`;
    const module = `data:text/javascript,${encodeURIComponent(homeless)}`;
    expect(framesIn(process.env, ['--import', module])).toEqual(golden);
  });

  it('have every character that they are said to have', () => {
    for (const { family, bold } of FACES) {
      const file = `@fontsource/dejavu-${family}/files/dejavu-${family}-latin-${bold ? 700 : 400}-normal.woff`;
      const characters = charactersOf(require.resolve(file));
      const missing = BUILT_IN_CHARACTERS.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, index) => first + index),
      ).filter((code) => !characters.has(code));
      expect(missing.map((code) => code.toString(16))).toEqual([]);
    }
  });

  it('show the same sign for every character that they lack', () => {
    for (const style of FACES) {
      const unknown = look('a\ufffdb', style);
      for (const lacking of ['漢', '😀', '\u0e01', '\ue123', '\u{10ffff}', '\0', '\ud800']) {
        expect(look(`a${lacking}b`, style)).toBe(unknown);
      }
      expect(look('a\tb\nc', style)).toBe(look('a b c', style));
    }
  });

  it('have upright and bold faces, wide and narrow letters and accents', () => {
    const words = ['Hello', 'Héllo', 'Привет', '“œ”'];
    const looks = FACES.flatMap((style) => words.map((word) => look(word, style)));
    expect(new Set(looks).size).toBe(looks.length);
    const width = (text: string, family: 'sans' | 'mono') =>
      textPainter().width(text, { ...FACES[0]!, family });
    expect(width('iiii', 'sans')).toBeLessThan(width('mmmm', 'sans'));
    expect(width('iiii', 'mono')).toBe(width('mmmm', 'mono'));
  });

  it('are called by names of their own', () => {
    expect(FAMILIES.map((family) => builtInFont(family))).toEqual(['"Sightline Sans"', '"Sightline Mono"']);
  });

  it('draw where the fonts of the machine are asked for and it has none of them', () => {
    for (const style of FACES) {
      const width = textPainter('system').width('Hello', style);
      expect(width).toBeGreaterThan(25);
      expect(width).toBeLessThan(80);
    }
  });
});
