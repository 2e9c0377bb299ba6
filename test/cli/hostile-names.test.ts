/** Names that would move a terminal's cursor, in a session and in a file, through every command that shows them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMetadata } from '../../codecs/recording/metadata.js';
import { type Control, type RunningRelay, startRelay } from '../../engine/index.js';
import { putTogether } from '../recording/blocks.js';
import { METADATA } from '../recording/harness.js';
import { Scenario } from '../recording/scenario.js';
import { Hall } from '../room/hall.js';
import { Command } from './command.js';

const HOSTILE = 'A\u001b[2J\u001b]0;owned\u0007\nfake line: ok\u202Egnp\u009b31m';

/** What a command has shown, all of which must be harmless. */
async function shown(args: readonly string[]): Promise<string> {
  const command = new Command(args);
  const { out, err } = await command.finished();
  expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  for (const line of `${out}${err}`.split('\n')) expect(line).not.toMatch(/^fake line/);
  return out + err;
}

describe('a name in a session', () => {
  it('is cleaned by the relay, whoever gives it', () => {
    const hall = new Hall();
    const host = hall.host({ name: HOSTILE });
    const viewer = hall.viewer({ name: HOSTILE });
    const clean = 'A[2J]0;owned fake line: okgnp31m';
    expect(viewer.last('host-state')?.name).toBe(clean);
    expect(host.last('participants')?.list[0]?.name).toBe(clean);
    const level: Control<'viewer-level'> | undefined = host.last('viewer-level');
    expect(level?.name).toBe(clean);
    viewer.chat('hello');
    hall.run();
    expect(host.chats()[0]?.name).toBe(clean);
  });
});

describe('a recording with hostile names', () => {
  let folder: string;
  let file: string;
  let relay: RunningRelay;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-names-'));
    file = join(folder, 'names.rcrec');
    const made = new Command(['record', file, '--scene', 'terminal', '--size', '320x200', '--seconds', '1']);
    expect(await made.finished()).toMatchObject({ code: 0 });
    relay = await startRelay();
  });
  afterAll(async () => {
    await relay.close();
    rmSync(folder, { recursive: true });
  });

  it('shows them harmless in every command, also in names of files', async () => {
    const hostileFile = join(folder, 'evil\u001b[31m\u202e.rcrec');
    writeFileSync(hostileFile, readFileSync(file));
    expect(await shown(['info', hostileFile])).toContain('320x200');
    await shown(['info', hostileFile, '--json']);
    expect(await shown(['verify', hostileFile])).toContain('evil\\u001b[31m\\u202e.rcrec');
    await shown(['frames', hostileFile]);
    await shown(['convert', hostileFile, join(folder, 'out\u001b.avi')]);
    await shown(['convert', hostileFile, join(folder, 'out\u001b.avi')]);
    await shown(['repair', hostileFile, join(folder, 'whole\u001b.rcrec')]);
    for (const command of ['info', 'verify', 'frames', 'report', 'compare']) {
      await shown([command, join(folder, 'none\u001b[2J'), join(folder, 'none\u001b[2J')]);
    }
    await shown(['info', '--\u001b[2J']);
  });

  it('shows what stands in the file harmless', async () => {
    const hostile = join(folder, 'inside.rcrec');
    const scenario = new Scenario(64, 64);
    scenario.send();
    const metadata = {
      ...METADATA,
      session: HOSTILE,
      host: HOSTILE,
      program: HOSTILE,
      width: 64,
      height: 64,
      level: 3 as const,
      participants: [],
      tracks: [
        { track: 1, kind: 'display' },
        { track: 9, kind: HOSTILE },
      ],
    };
    writeFileSync(
      hostile,
      putTogether([
        { type: 1, track: 0, payload: encodeMetadata(metadata) },
        { type: 2, track: 9, payload: new Uint8Array(4) },
        { type: 2, track: 1, payload: scenario.messages[0]!.message },
      ]),
    );
    const info = await shown(['info', hostile]);
    expect(info).toContain('A\\u001b[2J\\u001b]0;owned\\u0007 fake line: ok\\u202egnp');
    const json = await shown(['info', hostile, '--json']);
    expect(JSON.parse(json)).toMatchObject({ metadata: { host: HOSTILE } });
    for (const command of ['verify', 'frames']) await shown([command, hostile]);
    await shown(['convert', hostile, join(folder, 'inside.mkv')]);
  });

  it('is made of a session whose host is called so', async () => {
    const token = 'names-names-names-names-names';
    const host = new Command([
      'host',
      '--relay',
      relay.address,
      '--token',
      token,
      '--name',
      HOSTILE,
      '--scene',
      'film',
      '--size',
      '320x200',
      '--threads',
      '0',
    ]);
    await host.complaint('Connected');
    const record = join(folder, 'session.rcrec');
    const view = ['view', `${relay.address}/#${token}`, '--name', HOSTILE];
    await shown([...view, '--record', record, '--until-frame', '60']);
    host.interrupt();
    await host.finished();
    expect(await shown(['info', record])).toContain('A[2J]0;owned fake line: okgnp31m');
  });
});
