/** Who may open a link: decided before the upgrade, the same for every adapter. */

export interface UpgradeRequest {
  readonly path: string;
  readonly host: string;
  /** '' when there is none: programs send none, browsers always do. */
  readonly origin: string;
}

export interface UpgradePolicy {
  readonly allowedOrigins: readonly string[];
  readonly maxLinks: number;
}

export interface UpgradeRefusal {
  readonly status: 403 | 404 | 503;
  readonly reason: string;
}

/** Undefined when the upgrade is welcome. */
export function refuseUpgrade(
  request: UpgradeRequest,
  policy: UpgradePolicy,
  links: number,
  linkPath: string,
): UpgradeRefusal | undefined {
  if (request.path !== linkPath) return { status: 404, reason: `Links are opened at ${linkPath}.` };
  if (!isAllowedOrigin(request, policy.allowedOrigins)) {
    return { status: 403, reason: 'Pages of another origin may not open links here.' };
  }
  if (links >= policy.maxLinks) return { status: 503, reason: 'Too many links.' };
  return undefined;
}

function isAllowedOrigin({ origin, host }: UpgradeRequest, allowed: readonly string[]): boolean {
  if (origin === '') return true;
  if (allowed.includes(origin)) return true;
  const authority = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
  return authority !== undefined && host !== '' && authority.toLowerCase() === host.toLowerCase();
}
