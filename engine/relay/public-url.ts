/** Where a relay is to be reached, as whoever runs it says. */
import { SightlineError } from '../../codecs/errors.js';

/** Throws `SightlineError` (`bad-argument`, `publicUrl`) for anything but a scheme, a name and perhaps a port. */
export function parsePublicUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSound =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.href === `${url.origin}/` &&
    url.hostname !== '';
  if (url !== undefined && isSound) return url;
  const message = `"${text.slice(0, 200)}" is not an address such as https://support.example.`;
  throw new SightlineError('bad-argument', message, { field: 'publicUrl' });
}
