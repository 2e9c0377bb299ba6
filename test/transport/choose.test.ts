/** Which transport runs where uWebSockets.js has no binary that loads. */
import { expect, it, vi } from 'vitest';
import { chooseTransport } from '../../engine/index.js';
import { detailOf } from '../../engine/transport/choose.js';

const LOADER_ERROR = [
  'This version of uWS.js supports only Node.js versions 16, 18 and 20 on (glibc) Linux.',
  '',
  "Error: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /app/node_modules/u/uws_linux_x64_137.node)",
  'Require stack:',
  '- /app/node_modules/u/uws.js',
].join('\n');

vi.mock('uWebSockets.js', () => {
  throw new Error(LOADER_ERROR);
});

it('falls back to ws, and says why in a line without paths', async () => {
  const { transport, reason } = await chooseTransport();
  expect(transport.name).toBe('ws');
  expect(reason).toContain(`Node ${process.version}`);
  expect(reason).toContain('ws over node:http takes its place.');
  expect(reason).not.toContain('/app/');
  expect(reason).not.toContain('\n');
});

it('says in few words what does not load', () => {
  expect(detailOf(new Error(LOADER_ERROR))).toBe('it needs glibc 2.38 or newer');
  expect(
    detailOf(
      new Error("Cannot find module '/app/u/uws_linux_x64_999.node'\nRequire stack:\n- /app/u/uws.js"),
    ),
  ).toBe("Cannot find module 'uws_linux_x64_999.node'");
});

it('refuses to start on what was forced and does not load', async () => {
  await expect(chooseTransport('uws')).rejects.toMatchObject({ code: 'missing-tool', field: 'transport' });
});

it('does not try what was not asked for', async () => {
  expect(await chooseTransport('ws')).toMatchObject({ reason: 'ws was asked for.' });
});
