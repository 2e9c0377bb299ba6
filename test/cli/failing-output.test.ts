/** Files and outputs that cannot be written, beside a session that goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtFile, HeadlessViewer, type RunningRelay, startRelay } from '../../engine/index.js';
import { SideFile } from '../../harness/side-file.js';
import { Command } from './command.js';

const FULL = '/dev/full';
const TOKEN = 'failing-failing-failing-failing';
const CLI = builtFile('harness', 'cli', 'main.js');

describe('a file beside a session', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sightline-side-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the lines that were written', async () => {
    const path = join(folder, 'log');
    const file = await SideFile.open(path, () => expect.unreachable());
    for (let line = 0; line < 1_000; line++) file.write(`line ${line}`);
    await file.close();
    await file.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1_001);
    expect(file.lost).toBe(0);
  });

  it('that cannot be opened is said at once', async () => {
    await expect(SideFile.open(join(folder, 'none', 'log'), () => {})).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it.runIf(existsSync(FULL))('on a full disk is told of once, and counts what is lost', async () => {
    const faults: Error[] = [];
    let told: () => void = () => {};
    const failed = new Promise<void>((resolve) => {
      told = resolve;
    });
    const file = await SideFile.open(FULL, (error) => {
      faults.push(error);
      told();
    });
    file.write('first');
    await failed;
    for (let line = 0; line < 10; line++) file.write(`line ${line}`);
    await file.close();
    expect(faults).toMatchObject([{ code: 'ENOSPC' }]);
    expect(file.lost).toBe(11);
  });
});

describe.runIf(existsSync(FULL))('a session on a machine whose disk is full', () => {
  let relay: RunningRelay;
  beforeEach(async () => {
    relay = await startRelay();
  });
  afterEach(() => relay.close());

  const hostArguments = () => [
    'host',
    '--relay',
    relay.address,
    '--token',
    TOKEN,
    '--size',
    '320x200',
    '--threads',
    '0',
    '--scene',
    'film',
  ];

  it('goes on without its log', async () => {
    const host = new Command([...hostArguments(), '--auto-log', FULL]);
    await host.complaint('Connected');
    const viewer = await HeadlessViewer.open({
      address: `${relay.address}/#${TOKEN}`,
      name: 'v',
      quality: 'auto',
    });
    await host.complaint('the session goes on without it');
    const { frame } = viewer;
    await viewer.until(() => viewer.frame > frame + 5, 'more frames');
    viewer.close();
    host.interrupt();
    const { code, err } = await host.finished();
    expect(code).toBe(0);
    expect(err.match(/ENOSPC/g)).toHaveLength(1);
    expect(err).toMatch(/\/dev\/full lacks \d+ lines/);
  });

  it('ends with 1 and one sentence when its results cannot be written', async () => {
    const full = openSync(FULL, 'w');
    for (const args of [
      [...hostArguments(), '--md5', '--viewers', '0'],
      [...hostArguments(), '--json'],
    ]) {
      const host = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', full, 'pipe'] });
      let err = '';
      host.stderr!.on('data', (chunk: Buffer) => {
        err += chunk.toString();
      });
      const [code] = (await once(host, 'close')) as [number];
      expect([code, err.match(/cannot be written/g)?.length, err.includes('    at ')]).toEqual([1, 1, false]);
    }
  });
});
