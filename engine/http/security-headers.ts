/** The headers of every answer. The page runs its own scripts and nothing else, isolated from every other page. */

/** A host header that may be repeated in a policy: a name or an address, and a port. */
const PLAIN_HOST = /^[A-Za-z0-9.\-[\]:]{1,255}$/;

/** Seconds for which a browser that was here by TLS comes back by nothing else: a year. */
const STRICT_SECONDS = 31_536_000;

/**
 * `host` is the request's Host header: links to it are named with their scheme, since not every browser counts
 * `ws:` as the page's own origin (CSP3, 6.7.2.8). `secure`: the answer goes by TLS that ends here.
 */
export function securityHeaders(host: string, secure = false): Record<string, string> {
  const links = PLAIN_HOST.test(host) ? `${secure ? '' : ` ws://${host}`} wss://${host}` : '';
  return {
    ...(secure ? { 'Strict-Transport-Security': `max-age=${STRICT_SECONDS}` } : {}),
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self'",
      `connect-src 'self'${links}`,
      "img-src 'self' blob: data:",
      "style-src 'self'",
      "font-src 'self'",
      "manifest-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
