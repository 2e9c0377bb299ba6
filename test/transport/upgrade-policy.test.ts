/** Who may open a link. */
import { describe, expect, it } from 'vitest';
import { AddressCensus } from '../../engine/transport/address-census.js';
import { refuseUpgrade } from '../../engine/transport/upgrade-policy.js';

const policy = {
  serves: (host: string) => !host.startsWith('evil.example'),
  allowedOrigins: ['https://console.example'],
  maxLinks: 3,
  maxLinksPerAddress: 2,
};

/** `open`: the addresses of the links that are open. */
function status(
  origin: string,
  host = 'relay.example:8080',
  open: readonly string[] = [],
  path = '/ws',
): number | undefined {
  const links = new AddressCensus();
  for (const address of open) links.opened(address);
  return refuseUpgrade({ path, host, origin, address: '192.0.2.1' }, policy, links, '/ws')?.status;
}

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

  it('names a host that the relay answers to, page of that name or not', () => {
    expect(status('http://evil.example:8080', 'evil.example:8080')).toBe(421);
    expect(status('', 'evil.example')).toBe(421);
    expect(status('https://console.example', 'evil.example')).toBe(421);
    expect(status('', '')).toBe(400);
  });

  it('is for one path, and while there is room, in all and for its address', () => {
    expect(status('', 'h', [], '/ws/')).toBe(404);
    expect(status('', 'h', ['192.0.2.1', '192.0.2.2'])).toBeUndefined();
    expect(status('', 'h', ['192.0.2.1', '192.0.2.1'])).toBe(429);
    expect(status('', 'h', ['192.0.2.2', '192.0.2.3', '192.0.2.4'])).toBe(503);
  });
});

describe('a census', () => {
  it('counts by address until each is closed, once', () => {
    const census = new AddressCensus();
    const closes = ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:db8::2'].map((address) =>
      census.opened(address),
    );
    expect([census.total, census.of('192.0.2.1'), census.of('2001:db8::9')]).toEqual([4, 2, 2]);
    closes[0]!();
    closes[0]!();
    expect([census.total, census.of('192.0.2.1')]).toEqual([3, 1]);
    for (const close of closes) close();
    expect([census.total, census.of('192.0.2.1')]).toEqual([0, 0]);
  });
});
