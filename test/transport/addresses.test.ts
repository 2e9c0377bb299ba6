/** Whose a connection is, and which names a relay answers to. */
import { describe, expect, it } from 'vitest';
import { addressKey, ProxyTrust } from '../../engine/transport/peer-address.js';
import { nameOfHost, servesNames } from '../../engine/transport/served-names.js';

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['0000:0000:0000:0000:0000:ffff:c000:0207', '192.0.2.7'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    ['somewhere', 'somewhere'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
    expect(addressKey(key)).toBe(key);
  });
});

describe("a client's address", () => {
  const trust = new ProxyTrust(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);

  it.each([
    ['203.0.113.5', '198.51.100.1', '203.0.113.5', 'nobody else is believed'],
    ['192.0.2.1', '198.51.100.1', '198.51.100.1', 'a proxy is'],
    ['192.0.2.1', '1.1.1.1, 198.51.100.1', '198.51.100.1', 'what the client wrote before it is not'],
    ['192.0.2.1', '198.51.100.1, 10.1.2.3', '198.51.100.1', 'a proxy behind a proxy is'],
    ['::ffff:192.0.2.1', '198.51.100.1', '198.51.100.1', 'in either notation'],
    ['2001:db8::9', '[2001:4860::8]:443', '2001:4860::8', 'of IPv6, with a port'],
    ['10.0.0.1', '198.51.100.1:5555', '198.51.100.1', 'of IPv4, with a port'],
    ['10.0.0.1', '', '10.0.0.1', 'a proxy that says nothing speaks for itself'],
    ['10.0.0.1', 'unknown', '10.0.0.1', 'and so does one that does not know'],
    ['10.0.0.1', '198.51.100.1, nonsense', '10.0.0.1', 'nothing before what is no address counts'],
    ['10.0.0.1', '10.0.0.2, 10.0.0.3', '10.0.0.2', 'where all are proxies, the first is the client'],
  ])('%s with "%s" is %s: %s', (peer, forwarded, client) => {
    expect(trust.clientOf(peer, forwarded)).toBe(client);
  });

  it('is that of the peer where no proxy is trusted', () => {
    expect(new ProxyTrust([]).clientOf('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
  });

  it('costs no time, however long the header is', () => {
    expect(trust.clientOf('10.0.0.1', `${'10.0.0.2,'.repeat(100_000)}10.0.0.3`)).toMatch(/^10\./);
  });

  it.each(['nonsense', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '::/129', '10.0.0.0/-1', ''])(
    'is not told by "%s"',
    (proxy) => {
      expect(() => new ProxyTrust([proxy])).toThrow(expect.objectContaining({ field: 'trustProxy' }));
    },
  );
});

describe('a Host header', () => {
  const serves = servesNames(['support.example', 'Relay.', '0.0.0.0']);

  it.each([
    '127.0.0.1:8080',
    '203.0.113.9',
    '[::1]:8080',
    '[2001:db8::1]',
    'localhost',
    'LOCALHOST:1',
    'localhost.:80',
    'support.example:443',
    'SUPPORT.EXAMPLE',
    'relay',
  ])('%s is answered', (host) => {
    expect(serves(host)).toBe(true);
  });

  it.each([
    '',
    'evil.example',
    'evil.example:8080',
    'support.example.evil.example',
    'evil-support.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '[evil.example]',
    '::1',
    'a:b:c',
    'localhost:80:80',
    'support.example/x',
  ])('%s is not', (host) => {
    expect(serves(host)).toBe(false);
  });

  it('is read without its port', () => {
    expect(nameOfHost('A.example:80')).toBe('a.example');
    expect(nameOfHost('[2001:DB8::1]:80')).toBe('2001:db8::1');
  });
});
