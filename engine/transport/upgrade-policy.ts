/** Who may open a link: decided before the upgrade, the same for every adapter. */
import type { AddressCensus } from './address-census.js';

export interface UpgradeRequest {
  readonly path: string;
  readonly host: string;
  /** '' when there is none: programs send none, browsers always do. */
  readonly origin: string;
  /** The client's address. */
  readonly address: string;
}

export interface UpgradePolicy {
  /** Whether the relay answers to a Host header. */
  readonly serves: (host: string) => boolean;
  readonly allowedOrigins: readonly string[];
  readonly maxLinks: number;
  readonly maxLinksPerAddress: number;
}

export interface UpgradeRefusal {
  readonly status: 400 | 403 | 404 | 421 | 429 | 503;
  readonly reason: string;
}

/** Undefined when the upgrade is welcome. */
export function refuseUpgrade(
  request: UpgradeRequest,
  policy: UpgradePolicy,
  links: AddressCensus,
  linkPath: string,
): UpgradeRefusal | undefined {
  const refusal = refuseHost(request.host, policy.serves);
  if (refusal !== undefined) return refusal;
  if (request.path !== linkPath) return { status: 404, reason: `Links are opened at ${linkPath}.` };
  if (!allowsOrigin(request.origin, request.host, policy.allowedOrigins)) {
    return { status: 403, reason: 'Pages of another origin may not open links here.' };
  }
  if (links.total >= policy.maxLinks) return { status: 503, reason: 'Too many links.' };
  if (links.of(request.address) >= policy.maxLinksPerAddress) {
    return { status: 429, reason: 'Too many links from this address.' };
  }
  return undefined;
}

/** Why a request for this Host is not answered, page or link; undefined when it is. */
export function refuseHost(
  host: string,
  serves: (host: string) => boolean,
): { readonly status: 400 | 421; readonly reason: string } | undefined {
  if (host === '') return { status: 400, reason: 'A request must name its host.' };
  if (serves(host)) return undefined;
  return {
    status: 421,
    reason:
      'The relay does not answer to this name. Start it with --public-url and the address, or --name and the name, if it should.',
  };
}

/** Whether a page's origin is that of the host which it asks, or one of those allowed; programs have none (''). */
export function allowsOrigin(origin: string, host: string, allowed: readonly string[]): boolean {
  if (origin === '') return true;
  if (allowed.includes(origin)) return true;
  const authority = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
  return authority !== undefined && host !== '' && authority.toLowerCase() === host.toLowerCase();
}
