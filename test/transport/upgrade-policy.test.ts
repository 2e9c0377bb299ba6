/** Who may open a link. */
import { describe, expect, it } from 'vitest';
import { refuseUpgrade } from '../../engine/transport/upgrade-policy.js';

const policy = { allowedOrigins: ['https://console.example'], maxLinks: 2 };
const status = (origin: string, host = 'relay.example:8080', links = 0, path = '/ws') =>
  refuseUpgrade({ path, host, origin }, policy, links, '/ws')?.status;

describe('an upgrade', () => {
  it.each([
    ['of a program, which sends no origin', '', undefined],
    ["of the relay's own page", 'http://relay.example:8080', undefined],
    ["of the relay's own page behind TLS", 'https://RELAY.example:8080', undefined],
    ['of an allowed page', 'https://console.example', undefined],
    ['of a page on another port', 'http://relay.example:8081', 403],
    ['of a page whose host ends like ours', 'http://evil-relay.example:8080', 403],
    ['of a page whose name starts like an allowed one', 'https://console.example.evil', 403],
    ['of a sandboxed page', 'null', 403],
    ['of a file', 'file://', 403],
  ])('%s', (_, origin, expected) => {
    expect(status(origin)).toBe(expected);
  });

  it('needs a Host to be of the same origin', () => {
    expect(status('http://', '')).toBe(403);
  });

  it('is for one path, and while there is room', () => {
    expect(status('', 'h', 0, '/ws/')).toBe(404);
    expect(status('', 'h', 1)).toBeUndefined();
    expect(status('', 'h', 2)).toBe(503);
  });
});
