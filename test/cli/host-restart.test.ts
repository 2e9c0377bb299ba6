/** A host that is killed and started again with its token goes on in its session. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HeadlessViewer } from '../../engine/index.js';
import { hostKey } from '../../harness/cli/host-key.js';
import { Command } from './command.js';

let state: string;
const running: Command[] = [];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'sightline-state-'));
});
afterEach(async () => {
  for (const command of running.splice(0)) {
    command.child.kill('SIGKILL');
    await command.finished();
  }
  rmSync(state, { recursive: true, force: true });
});

function run(...args: string[]): Command {
  const command = new Command(args, { XDG_STATE_HOME: state });
  running.push(command);
  return command;
}

const TOKEN = 'a-token-of-my-own-000001';

it('after a kill, in the same session and for the same viewers', { timeout: 60_000 }, async () => {
  const relay = await run('relay', '--port', '0', '--json').json<{ address: string }>();
  const args = [
    'host',
    '--relay',
    relay.address,
    '--token',
    TOKEN,
    '--size',
    '320x240',
    '--scene',
    'terminal',
  ];
  const first = run(...args);
  await first.complaint('Connected to the relay.');
  const viewer = await HeadlessViewer.open({ address: `${relay.address}/#${TOKEN}` });
  await viewer.until(() => viewer.frame > 3, 'frames');
  first.child.kill('SIGKILL');
  await viewer.until(() => viewer.session.state.host === 'away', 'the loss');
  const newest = viewer.frame;
  const second = run(...args);
  await second.complaint('Connected to the relay.');
  await viewer.until(() => viewer.session.state.host === 'present' && viewer.frame > newest, 'the host');
  expect(viewer.session.statistics().connections).toBe(1);
  viewer.close();
});

it('with a key that follows from a secret which only its user can read', async () => {
  const environment = { XDG_STATE_HOME: state };
  const key = await hostKey('http://127.0.0.1:1', TOKEN, environment);
  expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await hostKey('http://127.0.0.1:1', TOKEN, environment)).toBe(key);
  expect(await hostKey('http://127.0.0.1:2', TOKEN, environment)).not.toBe(key);
  expect(await hostKey('http://127.0.0.1:1', `${TOKEN}x`, environment)).not.toBe(key);
  const folder = join(state, 'sightline');
  expect(readdirSync(folder)).toEqual(['host-secret']);
  expect(statSync(join(folder, 'host-secret')).mode & 0o777).toBe(0o600);
  const kept = readFileSync(join(folder, 'host-secret'), 'utf8');
  expect(kept).not.toContain(key);
  expect(kept).not.toContain(TOKEN);
});

it.each([
  ['a draft that another process of our number left behind', `host-secret.${process.pid}`],
  ['a secret that was cut off', 'host-secret'],
])('and whatever is there: %s', async (_, name) => {
  mkdirSync(join(state, 'sightline'));
  writeFileSync(join(state, 'sightline', name), '');
  const environment = { XDG_STATE_HOME: state };
  const key = await hostKey('http://127.0.0.1:1', TOKEN, environment);
  expect(await hostKey('http://127.0.0.1:1', TOKEN, environment)).toBe(key);
});

it('and with one that is new each time where nothing can be kept', async () => {
  const file = join(state, 'file');
  writeFileSync(file, '');
  const keys = [1, 2].map(() => hostKey('http://127.0.0.1:1', TOKEN, { XDG_STATE_HOME: file }));
  const [one, other] = await Promise.all(keys);
  expect(one).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(other).not.toBe(one);
});
